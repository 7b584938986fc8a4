"""A 2-2-1 neural network learns XOR by back-propagation, every derivative written out.

A student wrote such a network, and it did not learn. At a unit with the output a, the
slope of the sigmoid is a * (1 - a). The student put a into the formula for z, the
number that goes into the sigmoid. That gave sigmoid(a) * (1 - sigmoid(a)).

The network has nine parameters: six weights, w_from_to, and three biases, b_unit. Each
unit multiplies its inputs by its weights and adds up the products and its bias. Its
output is the sigmoid of this sum:

    x1 --.   .-- w_x1_h1, w_x2_h1 --> h1 (b_h1) -- w_h1_out --.
          >-<                                                  >--> prediction (b_out)
    x2 --'   '-- w_x1_h2, w_x2_h2 --> h2 (b_h2) -- w_h2_out --'

Words and symbols in this program:

    features      x1 and x2 of each row (each example), an array of shape (rows, 2)
    targets       the right answer for each row, 0.0 or 1.0, an array of shape (rows,)
    z             pre-activation of a unit: the sum that goes into the sigmoid
    h1, h2        outputs of the hidden units, sigmoid(z_h1) and sigmoid(z_h2), 0 to 1
    prediction    output of the output unit, sigmoid(z_out), 0 to 1
    d cost / d z  derivative of the cost with respect to z
    delta         of a unit, for one row: d cost / d z of that unit
    gradient      the nine derivatives d cost / d parameter
"""

import argparse
import os
from errno import EINVAL, EPIPE
from functools import partial
from typing import NamedTuple

import numpy as np

# ---- Data: four blobs of rows; target 1 where the signs of the centre differ --------
CENTRES = ((-2, -2), (2, 2), (-2, 2), (2, -2))
CENTRE_TARGETS = (0.0, 0.0, 1.0, 1.0)


def four_blobs(rng, rows_per_blob=100, spread=0.7):
    """Draw rows around the CENTRES, with normal noise of standard deviation `spread`.

    Takes a numpy.random.Generator. Returns features (4 * rows_per_blob, 2) and targets
    (4 * rows_per_blob,), float64. ValueError if rows_per_blob or spread is negative.
    """
    means = np.repeat(CENTRES, rows_per_blob, axis=0)
    targets = np.repeat(CENTRE_TARGETS, rows_per_blob)
    return rng.normal(means, spread), targets


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
    """Return d sigmoid / d z, from 0 to 0.25, given the pre-activation z.

    This function is right, too. The mistake is to call it with an output: then it
    computes the sigmoid of a sigmoid, and returns 0.1966 to 0.25 for every output.
    """
    return sigmoid_derivative_from_output(sigmoid(z))


# ---- Network with nine parameters ---------------------------------------------------
class Network(NamedTuple):
    """The nine parameters, or the nine derivatives of the cost with respect to them.

    In a gradient, the field w_x1_h1 is not a weight: it holds d cost / d w_x1_h1.
    """

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
    # Small hidden weights: no hidden unit is saturated. (A unit is saturated if its
    # output is near 0 or 1: there the slope is near 0, and the unit learns slowly.)
    # h2 gets the opposite weights of h1: units equal in all weights stay equal.
    # Output unit: a soft OR, since h1 and h2 should each find one blob of target 1. It
    # gives 0.12 if h1 and h2 are 0, 0.88 if one of them is 1, 0.998 if both are 1.
    # Hidden biases -1: h1 and h2 start around sigmoid(-1) = 0.27, the prediction around
    # sigmoid(4 * 0.27 + 4 * 0.27 - 2) = 0.54, not saturated. (With biases 0: 0.88.)
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


# ---- Cost: of predictions and targets, two arrays of shape (rows,) ------------------
def cost(predictions, targets):
    """Return the mean squared error, a float from 0 to 1."""
    return float(np.mean((predictions - targets) ** 2))


def accuracy(predictions, targets):
    """Return the fraction of rows, 0 to 1, with |prediction - target| below 0.5."""
    return float(np.mean(np.abs(predictions - targets) < 0.5))


# ---- Back-propagation: the chain rule, from the cost back to each parameter ---------
def backprop(
    network,
    features,
    targets,
    derivative_hidden=sigmoid_derivative_from_output,
    derivative_out=sigmoid_derivative_from_output,
):
    """Return the gradient of the cost, as a Network of nine derivatives.

    Takes features (rows, 2) and targets (rows,). The functions derivative_hidden and
    derivative_out are called with outputs of units; with the defaults the gradient is
    exact. Formulas: Rumelhart, Hinton and Williams, Nature 323 (1986), 533-536.
    """
    outputs = forward(network, features[:, 0], features[:, 1])
    # Each row becomes a list [x1, x2, target, h1, h2, prediction].
    rows = np.column_stack([features, targets, *outputs]).tolist()
    n = len(rows)
    w_h1_out = network.w_h1_out
    w_h2_out = network.w_h2_out

    # dw_x1_h1 is d cost / d w_x1_h1, and so on: each is a sum over the rows.
    dw_x1_h1 = dw_x2_h1 = db_h1 = 0.0
    dw_x1_h2 = dw_x2_h2 = db_h2 = 0.0
    dw_h1_out = dw_h2_out = db_out = 0.0
    for x1, x2, target, h1, h2, prediction in rows:
        # d cost / d z_out = (d cost / d prediction) * (d prediction / d z_out)
        delta_out = 2 * (prediction - target) / n * derivative_out(prediction)
        # d cost / d z_h1 = (d cost / d z_out) * (d z_out / d h1) * (d h1 / d z_h1)
        delta_h1 = delta_out * w_h1_out * derivative_hidden(h1)
        # d cost / d z_h2 = (d cost / d z_out) * (d z_out / d h2) * (d h2 / d z_h2)
        delta_h2 = delta_out * w_h2_out * derivative_hidden(h2)
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
        dw_x1_h1,
        dw_x2_h1,
        db_h1,
        dw_x1_h2,
        dw_x2_h2,
        db_h2,
        dw_h1_out,
        dw_h2_out,
        db_out,
    )


# ---- Training: full-batch gradient descent, one update from all rows ----------------
class Epoch(NamedTuple):
    """The network after `number` updates, with its cost and accuracy on all rows."""

    number: int
    network: Network
    cost: float
    accuracy: float


def train(start, features, targets, epochs=100, learning_rate=2.0, gradient=backprop):
    """Yield Epoch number 0 for the network `start`, then an Epoch after each update.

    Takes features (rows, 2) and targets (rows,). Other shapes: ValueError, at the first
    Epoch. `gradient` is a function like backprop. (yield: hand out one, then go on.)
    """
    if features.shape[1:] != (2,) or targets.shape != features.shape[:1]:
        wanted = "features of shape (rows, 2) and targets of shape (rows,)"
        raise ValueError(f"wanted {wanted}, not {features.shape} and {targets.shape}")
    network = start
    for number in range(epochs + 1):
        if number > 0:
            slopes = gradient(network, features, targets)
            # The cost rises along the gradient, so each parameter moves against it.
            network = Network(
                *[old - learning_rate * slope for old, slope in zip(network, slopes)]
            )
        _, _, predictions = forward(network, features[:, 0], features[:, 1])
        yield Epoch(
            number, network, cost(predictions, targets), accuracy(predictions, targets)
        )


# The lesson ends here. What follows draws the picture, reads the flags and prints.

MISTAKE = sigmoid_derivative_from_input  # right for z, but backprop gives it outputs
MISTAKES = {
    "both": partial(backprop, derivative_hidden=MISTAKE, derivative_out=MISTAKE),
    "hidden": partial(backprop, derivative_hidden=MISTAKE),
    "output": partial(backprop, derivative_out=MISTAKE),
}


def draw(figure, features, targets, start, epochs, learning_rate, layer):
    """Draw two runs, right and mistaken, on a Figure; layer is a key of MISTAKES."""
    (slopes, costs), results = figure.subplots(2, 2)
    slopes.set(title="Slope of the sigmoid", xlabel="output a", ylabel="slope")
    costs.set(title="Cost per epoch", xlabel="epoch", ylabel="cost")
    costs.locator_params(axis="x", integer=True, min_n_ticks=1)
    a = np.linspace(0, 1, 101)
    size = min(4, 80 / len(targets) ** 0.5)
    reach = 1.05 * np.clip(np.abs(features).max(), 3, 7e307)  # an axis must be finite
    x = np.linspace(-reach, reach, 201)
    for name, derivative, gradient, color, dashes, panel in (
        ("right", sigmoid_derivative_from_output, backprop, "#0072b2", "-", results[0]),
        ("mistake", MISTAKE, MISTAKES[layer], "#d55e00", "--", results[1]),
    ):
        line = {"color": color, "linestyle": dashes, "linewidth": 2, "label": name}
        slopes.plot(a, derivative(a), **line)
        run = list(train(start, features, targets, epochs, learning_rate, gradient))
        costs.plot([epoch.cost for epoch in run], marker="o", markevery=[-1], **line)
        h1, h2, prediction = forward(run[-1].network, *np.meshgrid(x, x))
        prediction = np.nan_to_num(prediction, nan=0.5)  # matplotlib 3.7 needs numbers
        shade = panel.contourf(x, x, prediction, a[::5], cmap="YlGnBu_r", vmin=-1)
        lines = [("", prediction, "gray", 5), ("h1", h1, "k", 1), ("h2", h2, "k", 1)]
        for unit, value, ink, width in lines:
            if value.min() < 0.5 < value.max():  # else the line is not in the panel
                edge = panel.contour(x, x, value, [0.5], colors=ink, linewidths=width)
                if unit:
                    for label in panel.clabel(edge, fmt={0.5: f"{unit} = 0.5"}):
                        label.set_bbox({"color": "white", "pad": 0})
        panel.plot(*features[targets == 0].T, "ko", ms=size, label="target 0")
        panel.plot(*features[targets == 1].T, "w^", mec="k", ms=size, label="target 1")
        title = "right derivative" if name == "right" else f"mistake (layer: {layer})"
        panel.set_title(f"Trained with the {title}\naccuracy {run[-1].accuracy:.3f}")
        panel.set(xlabel="x1", ylabel="x2", aspect="equal")
    costs.axhline(0.25, color="gray", linestyle=":", label="always answering 0.5")
    panel.plot([], "gray", linewidth=5, label="decision boundary: prediction 0.5")
    slopes.legend()
    costs.legend()
    figure.legend(handles=panel.get_lines(), loc="outside lower center", ncols=3)
    figure.colorbar(shade, ax=results, label="prediction", ticks=[0, 0.5, 1])


@np.errstate(over="ignore", invalid="ignore")  # far too high a rate ends in inf or nan
def main(argv=None):
    """Train as the flags in `argv` say; print each epoch and what was learned."""
    parser = argparse.ArgumentParser(description="Learn XOR by back-propagation.")
    add = parser.add_argument
    add("--seed", type=int, default=0, help="same seed, same run (default: 0)")
    add("--epochs", type=int, default=100, help="number of updates (default: 100)")
    add("--learning-rate", type=float, default=2.0, help="step size (default: 2.0)")
    add("--spread", type=float, default=0.7, help="standard deviation (default: 0.7)")
    add("--rows-per-blob", type=int, default=100, help="rows in a blob (default: 100)")
    purpose = "train with the mistake in this layer; in both if none is named"
    add("--bug", nargs="?", const="both", choices=list(MISTAKES), help=purpose)
    purpose = "write a picture: .png, .svg or .pdf; xor_net.png if no FILE is named"
    add("--plot", nargs="?", const="xor_net.png", metavar="FILE", help=purpose)
    args = parser.parse_args(argv)
    for flag, is_allowed, allowed in (
        ("--seed", args.seed >= 0, "a whole number >= 0"),
        ("--epochs", args.epochs >= 0, "a whole number >= 0"),
        ("--learning-rate", 0 < args.learning_rate < np.inf, "a finite number > 0"),
        ("--spread", 0 <= args.spread < np.inf, "a finite number >= 0"),
        ("--rows-per-blob", 1 <= args.rows_per_blob <= 100_000, "from 1 to 100000"),
    ):
        if not is_allowed:
            parser.error(f"argument {flag}: must be {allowed}")
    if args.plot is not None:
        if os.path.splitext(args.plot)[1].lower() not in (".png", ".svg", ".pdf"):
            parser.error("argument --plot: FILE must end in .png, .svg or .pdf")
        is_new = not os.path.exists(args.plot)
        try:
            open(args.plot, "ab").close()  # adds nothing, but fails where writing would
        except OSError as error:
            parser.error(f"argument --plot: cannot write FILE: {error}")
        if is_new:
            os.remove(os.path.realpath(args.plot))  # the file, if it is a link

    rng = np.random.default_rng(args.seed)
    features, targets = four_blobs(rng, args.rows_per_blob, args.spread + 0)  # not -0.0
    start = initial_network(rng)
    rate = args.learning_rate
    title = f"spread {args.spread}, seed {args.seed}, learning rate {rate}"
    print(f"{len(targets)} rows, {title}\nmistake in layer: {args.bug or 'none'}")
    gradient = MISTAKES[args.bug] if args.bug else backprop
    width = len(str(args.epochs))
    for epoch in train(start, features, targets, args.epochs, rate, gradient):
        results = f"cost {epoch.cost:6.4f}  accuracy {epoch.accuracy:.3f}"
        print(f"epoch {epoch.number:{width}}  {results}", flush=True)

    print("\nparameter      before       after")
    for name, before, after in zip(Network._fields, start, epoch.network):
        print(f"{name:9}  {before:10.4g}  {after:10.4g}")
    print("\nx1  x2  target  prediction")
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        _, _, prediction = forward(epoch.network, x1, x2)
        print(f"{x1:2}  {x2:2}  {target:6.0f}  {prediction:10.4f}")
    verdict = "Learned" if epoch.accuracy > 0.9 else "Did not learn"
    print(f"\n{verdict}: accuracy {epoch.accuracy:.4f} (must be above 0.9)", flush=True)

    if args.plot:
        os.environ["MPLBACKEND"] = "agg"  # a bad name would stop the import
        import matplotlib.figure  # only now: to load it takes longer than a run

        matplotlib.rcdefaults()  # whatever the user's own settings are
        figure = matplotlib.figure.Figure(figsize=(9, 8), layout="constrained")
        figure.suptitle(f"{title}, {args.epochs} epochs")
        draw(figure, features, targets, start, args.epochs, rate, args.bug or "both")
        figure.savefig(args.plot)
        print(f"Picture: {args.plot}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError) as stop:
        if isinstance(stop, OSError) and stop.errno not in (EPIPE, EINVAL):
            raise
        os._exit(1)  # Ctrl-C, or `| head` has closed the pipe (EINVAL: on Windows)
