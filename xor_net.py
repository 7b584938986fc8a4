"""A 2-2-1 neural network learns XOR by back-propagation, every derivative written out.

A unit adds up its weighted inputs and its bias: this sum is z. Its output is
a = sigmoid(z). The slope of the sigmoid there is a * (1 - a). A student wrote
sigmoid(a) * (1 - sigmoid(a)), and the network did not learn. The network here:

    x1, x2 -- w_x1_h1, w_x2_h1 --> h1 (b_h1) -- w_h1_out --+
                                                           +--> prediction (b_out)
    x1, x2 -- w_x1_h2, w_x2_h2 --> h2 (b_h2) -- w_h2_out --+
"""

import argparse
import sys
from functools import partial
from typing import NamedTuple

import numpy as np

ROWS_PER_BLOB = 100  # all four: the defaults of functions and flags
SPREAD = 0.7
EPOCHS = 100
RATE = 2.0  # learning rate
# ---- Data: four blobs of rows; target 1 where the signs of the centre differ --------
CENTRES = ((-2, -2), (2, 2), (-2, 2), (2, -2))
CENTRE_TARGETS = (0.0, 0.0, 1.0, 1.0)


def four_blobs(rng, rows_per_blob=ROWS_PER_BLOB, spread=SPREAD):
    """Return random rows around the CENTRES: features (rows, 2) and targets (rows,).

    Normal noise, standard deviation `spread`. ValueError if rows_per_blob is negative.
    """
    features = np.repeat(CENTRES, rows_per_blob, axis=0)
    targets = np.repeat(CENTRE_TARGETS, rows_per_blob)
    return features + spread * rng.standard_normal(features.shape), targets


# ---- Activation: of a number, or of each number in an array -------------------------
def sigmoid(z):
    """Return 1 / (1 + exp(-z)), from 0 to 1, for any z from -inf to inf."""
    with np.errstate(over="ignore"):  # exp(-z) may become inf, and 1 / inf is 0
        return 1 / (1 + np.exp(-z))


# Let a = sigmoid(z) = 1 / (1 + exp(-z)). Then 1 - a = exp(-z) / (1 + exp(-z)), and
#     d a / d z = exp(-z) / (1 + exp(-z)) ** 2 = a * (1 - a)
def sigmoid_derivative_from_output(output):
    """Return d sigmoid / d z, from 0 to 0.25, given the output sigmoid(z)."""
    return output * (1 - output)


def sigmoid_derivative_from_input(z):
    """Return d sigmoid / d z, from 0 to 0.25, given z."""
    return sigmoid_derivative_from_output(sigmoid(z))


RIGHT = sigmoid_derivative_from_output  # backprop calls it with an output
MISTAKE = sigmoid_derivative_from_input  # it needs z, but backprop gives it an output


class Network(NamedTuple):
    """Nine parameters. In a gradient, the field w_x1_h1 holds d cost / d w_x1_h1."""

    w_x1_h1: float
    w_x2_h1: float
    b_h1: float
    w_x1_h2: float
    w_x2_h2: float
    b_h2: float
    w_h1_out: float
    w_h2_out: float
    b_out: float


def initial_network(rng):
    """Return a Network to start from; takes a numpy.random.Generator."""
    # Small hidden weights, biases -1: h1, h2 start around 0.27, where the slope rises.
    # h2 gets other weights than h1 (-1 times), since two equal units would stay equal.
    # Output unit: a soft OR. It gives 0.12 if h1 and h2 are 0, 0.88 if only one is 1.
    w1, w2 = (0.1 * rng.standard_normal(2)).tolist()
    return Network(w1, w2, -1.0, -w1, -w2, -1.0, 4.0, 4.0, -2.0)


def forward(network, x1, x2):
    """Return (h1, h2, prediction), each from 0 to 1, for x1, x2: numbers or arrays."""
    z_h1 = network.w_x1_h1 * x1 + network.w_x2_h1 * x2 + network.b_h1
    z_h2 = network.w_x1_h2 * x1 + network.w_x2_h2 * x2 + network.b_h2
    h1 = sigmoid(z_h1)
    h2 = sigmoid(z_h2)
    z_out = network.w_h1_out * h1 + network.w_h2_out * h2 + network.b_out
    return h1, h2, sigmoid(z_out)


def predict(network, features):
    """Return predictions (rows,) for features (rows, 2); ValueError for (rows, 3)."""
    x1, x2 = np.array(features).T
    _, _, predictions = forward(network, x1, x2)
    return predictions


# ---- Cost: of predictions and targets, both of shape (rows,) ------------------------
def errors(predictions, targets):
    """Return prediction - target for each row; ValueError if the shapes differ."""
    if np.shape(predictions) != np.shape(targets):  # else numpy may broadcast
        raise ValueError(f"shapes differ: {np.shape(predictions)}, {np.shape(targets)}")
    return np.subtract(predictions, targets)


def cost(predictions, targets):
    """Return the mean squared error, a float from 0 to 1."""
    return float(np.mean(errors(predictions, targets) ** 2))


def accuracy(predictions, targets):
    """Return the fraction of rows, 0 to 1, with |prediction - target| below 0.5."""
    return float(np.mean(np.abs(errors(predictions, targets)) < 0.5))


# ---- Back-propagation: the chain rule, from the cost back to each parameter ---------
def backprop(network, features, targets, derivative_hidden=RIGHT, derivative_out=RIGHT):
    """Return the gradient of the cost (with RIGHT), as a Network of nine derivatives.

    Takes features (rows, 2) and targets (rows,); ValueError if their lengths differ.
    Formulas: Rumelhart, Hinton and Williams, Nature 323 (1986), 533-536.
    """
    x1s, x2s = np.array(features).T
    h1s, h2s, predictions = forward(network, x1s, x2s)
    rows = np.column_stack([x1s, x2s, targets, h1s, h2s, predictions]).tolist()
    n = len(rows)
    dw_x1_h1 = dw_x2_h1 = db_h1 = 0.0  # dw_x1_h1 is d cost / d w_x1_h1, and so on
    dw_x1_h2 = dw_x2_h2 = db_h2 = 0.0
    dw_h1_out = dw_h2_out = db_out = 0.0
    for x1, x2, target, h1, h2, prediction in rows:
        # d cost / d z_out = (d cost / d prediction) * (d prediction / d z_out)
        delta_out = 2 * (prediction - target) / n * derivative_out(prediction)
        # d cost / d z_h1 = (d cost / d z_out) * (d z_out / d h1) * (d h1 / d z_h1)
        delta_h1 = delta_out * network.w_h1_out * derivative_hidden(h1)
        # d cost / d z_h2 = (d cost / d z_out) * (d z_out / d h2) * (d h2 / d z_h2)
        delta_h2 = delta_out * network.w_h2_out * derivative_hidden(h2)
        # d cost / d weight = (d cost / d z) * (d z / d weight): delta times the input
        dw_x1_h1 += delta_h1 * x1
        dw_x2_h1 += delta_h1 * x2
        db_h1 += delta_h1  # d z / d bias = 1
        dw_x1_h2 += delta_h2 * x1
        dw_x2_h2 += delta_h2 * x2
        db_h2 += delta_h2
        dw_h1_out += delta_out * h1
        dw_h2_out += delta_out * h2
        db_out += delta_out
    return Network(
        w_x1_h1=dw_x1_h1,
        w_x2_h1=dw_x2_h1,
        b_h1=db_h1,
        w_x1_h2=dw_x1_h2,
        w_x2_h2=dw_x2_h2,
        b_h2=db_h2,
        w_h1_out=dw_h1_out,
        w_h2_out=dw_h2_out,
        b_out=db_out,
    )


MISTAKES = {  # partial(backprop, ...) is backprop with other derivatives
    "both": partial(backprop, derivative_hidden=MISTAKE, derivative_out=MISTAKE),
    "hidden": partial(backprop, derivative_hidden=MISTAKE),
    "output": partial(backprop, derivative_out=MISTAKE),
}


# ---- Training: full-batch gradient descent, one update from all rows ----------------
class Epoch(NamedTuple):
    """The network after `number` updates, with its cost and accuracy on all rows."""

    number: int
    network: Network
    cost: float
    accuracy: float


def train(
    network, features, targets, epochs=EPOCHS, learning_rate=RATE, gradient=backprop
):
    """Yield (hand out) an Epoch for `network`, then one after each update.

    Takes features (rows, 2) and targets (rows,); the first step checks them.
    """
    for number in range(epochs + 1):
        predictions = predict(network, features)
        yield Epoch(
            number, network, cost(predictions, targets), accuracy(predictions, targets)
        )
        derivatives = gradient(network, features, targets)
        # The cost rises along the gradient, so each parameter moves against it.
        updated = [p - learning_rate * d for p, d in zip(network, derivatives)]
        network = Network(*updated)


# ---- The lesson ends here. What follows draws, reads the flags and prints -----------
def draw(file, layer, start, features, targets, epochs, learning_rate):
    """Write a picture of two runs, right and mistaken, to `file`, a str."""
    import matplotlib.figure  # only now: to load it takes longer than a run

    with matplotlib.rc_context():  # at its end the user's own settings come back
        matplotlib.rcdefaults()
        figure = matplotlib.figure.Figure(figsize=(7, 7), layout="constrained")
        (slopes, costs), results = figure.subplots(2, 2)
        slopes.set(title="Slope of the sigmoid", xlabel="output a", ylabel="slope")
        costs.set(title="Cost per epoch", xlabel="epoch", ylabel="cost")
        h1, _, _ = forward(start, *np.transpose(CENTRES[2:]))  # at blobs of target 1
        a = np.linspace(0, 1, 101)
        x = np.linspace(-1.05, 1.05, 201) * max(3, np.abs(features).max())
        shown = np.arange(len(targets)) % (len(targets) // 4) < 100  # of each blob
        for name, derivative, gradient, style, panel in (
            ("right slope", RIGHT, backprop, "C0-", results[0]),
            (f"mistake (layer: {layer})", MISTAKE, MISTAKES[layer], "C1--", results[1]),
        ):
            slopes.plot(a, derivative(a), style, h1, derivative(h1), style[:2] + "o")
            run = list(train(start, features, targets, epochs, learning_rate, gradient))
            values = [epoch.cost for epoch in run]
            costs.plot(values, style, marker="o", markevery=100, label=name)
            outputs = forward(run[-1].network, *np.meshgrid(x, x))
            panel.contourf(x, x, outputs[2], [0, 0.5], colors="0.9")
            names = ("h1 = 0.5", "h2 = 0.5", "prediction = 0.5 (grey: below 0.5)")
            for output, dashes, label in zip(outputs, ("--", ":", "-"), names):
                panel.plot([], color="k", linestyle=dashes, label=label)
                if output.min() < 0.5 < output.max():  # else there is no line
                    panel.contour(x, x, output, [0.5], colors="k", linestyles=dashes)
            for target, marker in ((0, "ko"), (1, "w^")):
                x1, x2 = features[shown & (targets == target)].T
                panel.plot(x1, x2, marker, mec="k", ms=4, label=f"target {target}")
            title = f"Trained: {name}\naccuracy {run[-1].accuracy:.3f}"
            panel.set(title=title, xlabel="x1", ylabel="x2", aspect="equal")
        costs.legend()
        figure.legend(handles=panel.get_lines(), loc="outside lower center", ncols=3)
        figure.savefig(file, format=file[-3:])


def read_flags(argv):
    """Return the parser and the flags; end with status 2 if one is not allowed."""
    parser = argparse.ArgumentParser(description="Learn XOR by back-propagation.")
    add = parser.add_argument
    add("--seed", type=int, default=0, help="same seed, same run (%(default)s)")
    add("--epochs", type=int, default=EPOCHS, help="number of updates (%(default)s)")
    add("--learning-rate", type=float, default=RATE, help="step size (%(default)s)")
    add("--spread", type=float, default=SPREAD, help="standard deviation (%(default)s)")
    add("--rows-per-blob", type=int, default=ROWS_PER_BLOB, help="rows (%(default)s)")
    add("--bug", nargs="?", const="both", choices=MISTAKES, help="the mistake (both)")
    picture = "write a picture: .png, .svg or .pdf (xor_net.png)"
    add("--plot", nargs="?", const="xor_net.png", metavar="FILE", help=picture)
    args = parser.parse_args(argv)
    ending = ".png" if args.plot is None else args.plot[-4:].lower()
    for flag, is_allowed, allowed in (
        ("--seed", args.seed >= 0, "a whole number >= 0"),
        ("--epochs", args.epochs >= 0, "a whole number >= 0"),
        ("--learning-rate", 0 < args.learning_rate <= 1000, "above 0, at most 1000"),
        ("--spread", 0 <= args.spread <= 100, "from 0 to 100"),
        ("--rows-per-blob", 1 <= args.rows_per_blob <= 100_000, "from 1 to 100000"),
        ("--plot", ending in (".png", ".svg", ".pdf"), "a .png, .svg or .pdf file"),
    ):
        if not is_allowed:
            parser.error(f"argument {flag}: must be {allowed}")
    return parser, args


def main(argv=None):
    """Train as the list `argv` says (None: the command line); print what happens."""
    parser, args = read_flags(argv)
    rng = np.random.default_rng(args.seed)
    features, targets = four_blobs(rng, args.rows_per_blob, args.spread)
    start = initial_network(rng)
    setup = (start, features, targets, args.epochs, args.learning_rate)
    if args.plot:
        print(f"Drawing {args.plot} ...", file=sys.stderr)
        try:
            draw(args.plot, args.bug or "both", *setup)
        except (ImportError, OSError) as error:
            parser.error(f"argument --plot: {error}")
    print(f"{len(targets)} rows, spread {args.spread}, seed {args.seed}", end=", ")
    print(f"learning rate {args.learning_rate}\nmistake in layer: {args.bug or 'none'}")
    for epoch in train(*setup, MISTAKES.get(args.bug, backprop)):
        results = f"cost {epoch.cost:.4f}  accuracy {epoch.accuracy:.3f}"
        bar = "#" * round(100 * epoch.cost)
        print(f"epoch {epoch.number:3}  {results}  {bar}", flush=True)
    print("\nparameter      before       after")
    for name, before, after in zip(Network._fields, start, epoch.network):
        print(f"{name:9}  {before:10.4g}  {after:10.4g}")
    print("\nx1  x2  target  prediction")
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        _, _, prediction = forward(epoch.network, x1, x2)
        print(f"{x1:2}  {x2:2}  {target:6.0f}  {prediction:10.4f}")
    verdict = "Learned" if epoch.accuracy > 0.9 else "Did not learn"
    print(f"\n{verdict}: accuracy {epoch.accuracy:.4f} (must be above 0.9)", flush=True)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # 32, or 22 on Windows: `| head` has closed the pipe
        sys.stdout = None  # nobody reads the rest, so Python must not write it at exit
        sys.exit(1 if error.errno in (22, 32) else f"xor_net.py: error: {error}")
