"""A 2-2-1 neural network learns XOR by back-propagation, every derivative written out.

    x1, x2 -- w_x1_h1, w_x2_h1 --> h1 (b_h1) -- w_h1_out --+
                                                           +--> prediction (b_out)
    x1, x2 -- w_x1_h2, w_x2_h2 --> h2 (b_h2) -- w_h2_out --+

A unit adds up its weighted inputs and its bias: this sum is z. Its output is sigmoid(z).
Back-propagation needs the slope of the sigmoid at each unit. A student took the formula
for z, but put the output into it. The network did not learn.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROWS_PER_BLOB = 100  # these four are the defaults of functions and flags
SPREAD = 0.7  # standard deviation of a blob
EPOCHS = 100  # passes through all rows, each with one update
RATE = 8.0  # learning rate: large, because the derivatives here are small

# ---- Data: four blobs of rows; target 1 where the signs of the centre differ --------
CENTRES = ((-2, -2), (2, 2), (-2, 2), (2, -2))
CENTRE_TARGETS = (0.0, 0.0, 1.0, 1.0)


def four_blobs(rng, rows_per_blob=ROWS_PER_BLOB, spread=SPREAD):
    """Return random rows around the CENTRES: features (rows, 2) and targets (rows,).

    Takes a numpy.random.Generator. ValueError if rows_per_blob is negative.
    """
    features = np.repeat(CENTRES, rows_per_blob, axis=0)
    targets = np.repeat(CENTRE_TARGETS, rows_per_blob)
    return features + spread * rng.standard_normal(features.shape), targets


# ---- Sigmoid: of a number, or of each number in an array ----------------------------
def sigmoid(z):
    """Return 1 / (1 + exp(-z)), from 0 to 1, for any z from -inf to inf."""
    with np.errstate(over="ignore"):  # exp(-z) may become inf, and 1 / inf is 0
        return 1 / (1 + np.exp(-z))


# Let output = sigmoid(z). The slope, d output / d z, has two right formulas:
#     for z:           sigmoid(z) * (1 - sigmoid(z))
#     for the output:  output * (1 - output)
def slope(output):
    """Return the slope of the sigmoid, from 0 to 0.25, for an output (0 to 1)."""
    return output * (1 - output)


def mistaken_slope(output):
    """Return what the formula for z gives, by mistake, for an output (0 to 1)."""
    return sigmoid(output) * (1 - sigmoid(output))


SLOPES = {  # layer with the mistake: (slope of the hidden units, of the output unit)
    "none": (slope, slope),
    "hidden": (mistaken_slope, slope),
    "output": (slope, mistaken_slope),
    "both": (mistaken_slope, mistaken_slope),
}


# ---- Network: nine parameters, and how it makes a prediction ------------------------
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
    # Small w1, w2: h1, h2 and the prediction start near 0.45, where the sigmoid is steep.
    # Opposite signs: equal hidden units would get equal derivatives, and stay equal.
    w1, w2 = (0.1 * rng.standard_normal(2)).tolist()
    return Network(w1, w2, -0.25, -w1, -w2, -0.25, 1.5, 1.5, -1.5)


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
    if np.shape(predictions) != np.shape(targets):  # else numpy may pair all with all
        raise ValueError(f"shapes differ: {np.shape(predictions)}, {np.shape(targets)}")
    return np.array(predictions) - np.array(targets)


def cost(predictions, targets):
    """Return the mean squared error, a float from 0 to 1."""
    return float(np.mean(errors(predictions, targets) ** 2))


def accuracy(predictions, targets):
    """Return the fraction of rows, 0 to 1, with |prediction - target| below 0.5."""
    return float(np.mean(np.abs(errors(predictions, targets)) < 0.5))


# ---- Back-propagation: the chain rule, from the cost back to each parameter ---------
def backprop(network, features, targets, bug="none"):
    """Return the gradient of the cost, as a Network of nine derivatives.

    Takes features (rows, 2) and targets (rows,); ValueError if their lengths differ.
    `bug` is the layer with the mistake: then the derivatives are wrong.
    Formulas: Rumelhart, Hinton and Williams, Nature 323 (1986), 533-536.
    """
    slope_hidden, slope_out = SLOPES[bug]
    x1s, x2s = np.array(features).T
    h1s, h2s, predictions = forward(network, x1s, x2s)
    rows = np.column_stack([x1s, x2s, targets, h1s, h2s, predictions]).tolist()
    n = len(rows)
    dw_x1_h1 = dw_x2_h1 = db_h1 = 0.0  # dw_x1_h1 is d cost / d w_x1_h1, and so on
    dw_x1_h2 = dw_x2_h2 = db_h2 = 0.0
    dw_h1_out = dw_h2_out = db_out = 0.0
    for x1, x2, target, h1, h2, prediction in rows:
        # d cost / d z_out = (d cost / d prediction) * (d prediction / d z_out)
        delta_out = 2 * (prediction - target) / n * slope_out(prediction)
        # d cost / d z_h1 = (d cost / d z_out) * (d z_out / d h1) * (d h1 / d z_h1)
        delta_h1 = delta_out * network.w_h1_out * slope_hidden(h1)
        # d cost / d z_h2 = (d cost / d z_out) * (d z_out / d h2) * (d h2 / d z_h2)
        delta_h2 = delta_out * network.w_h2_out * slope_hidden(h2)
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


# ---- Training: full-batch gradient descent, one update from all rows ----------------
def train(network, features, targets, epochs=EPOCHS, learning_rate=RATE, bug="none"):
    """Yield (give out) the first network, then one after each update; see backprop."""
    yield network
    for _ in range(epochs):
        if bug == "none":  # so a backprop of your own works without `bug`
            gradient = backprop(network, features, targets)
        else:
            gradient = backprop(network, features, targets, bug)
        # The cost rises along the gradient, so each parameter moves against it.
        moved = [p - learning_rate * d for p, d in zip(network, gradient)]
        network = Network(*moved)
        yield network


# ---- The lesson ends here. What follows draws, reads the flags and prints -----------
def draw_result(panel, title, network, features, targets):
    """Draw predictions as shades and targets as dots, from 0 (black) to 1 (white)."""
    reach = 1.05 * max(3, np.abs(features).max())
    line = np.linspace(-reach, reach, 200)
    x1, x2 = np.meshgrid(line, line)
    _, _, shades = forward(network, x1, x2)
    gray = {"cmap": "gray", "vmin": 0, "vmax": 1, "rasterized": True}
    image = panel.pcolormesh(x1, x2, shades, **gray)
    step = max(1, len(targets) // 400)  # a few hundred rows are enough to see
    x1, x2 = features[::step].T
    panel.scatter(x1, x2, 20, targets[::step], edgecolors="C2", **gray)
    panel.set(title=title, xlabel="x1", ylabel="x2", aspect="equal")
    return image


def draw(file, bug, start, features, targets, epochs, learning_rate):
    """Write a picture of two runs, without and with the mistake, to `file`, a str."""
    import matplotlib.figure  # only now: to load it takes longer than a run

    right = list(train(start, features, targets, epochs, learning_rate))
    mistaken = list(train(start, features, targets, epochs, learning_rate, bug))
    right_costs = [cost(predict(network, features), targets) for network in right]
    mistaken_costs = [cost(predict(network, features), targets) for network in mistaken]
    outputs = np.linspace(0, 1, 101)
    with matplotlib.rc_context():  # at its end the user's own settings come back
        matplotlib.rcdefaults()
        figure = matplotlib.figure.Figure(figsize=(7, 8), layout="constrained")
        (slopes, costs), results = figure.subplots(2, 2)
        slopes.plot(outputs, [slope(output) for output in outputs], "C0-")
        slopes.plot(outputs, [mistaken_slope(output) for output in outputs], "C1--")
        slopes.set(title="1. Slope, by each formula", xlabel="output of a unit")
        slopes.legend(["right slope", "mistake"], loc="lower center")
        costs.plot(right_costs, "C0-o", markevery=[0, -1])
        costs.plot(mistaken_costs, "C1--o", markevery=[0, -1])
        costs.axhline(0.25, color="k", linewidth=0.5)
        costs.set(title="2. Cost", xlabel="epoch", ylim=(0, None))
        costs.legend(["right slope", "mistake", "cost if all 0.5"], loc="center right")
        title = f"3. Right slope\ncost {right_costs[-1]:.3f}"
        draw_result(results[0], title, right[-1], features, targets)
        title = f"4. Mistake in layer: {bug}\ncost {mistaken_costs[-1]:.3f}"
        image = draw_result(results[1], title, mistaken[-1], features, targets)
        label = "shade: prediction; dot: target of a row"
        figure.colorbar(image, ax=results, location="bottom", aspect=40, label=label)
        figure.savefig(file)


def read_flags(argv):
    """Return the parser and the flags; end with status 2 if one is not allowed."""
    parser = argparse.ArgumentParser(description="Learn XOR by back-propagation.")
    add = parser.add_argument
    add("--seed", type=int, default=0, help="same seed, same run (default 0)")
    add("--epochs", type=int, default=EPOCHS, help=f"updates (default {EPOCHS})")
    add("--learning-rate", type=float, default=RATE, help=f"step size (default {RATE})")
    add("--spread", type=float, default=SPREAD, help=f"blob width (default {SPREAD})")
    rows_help = f"rows in each blob (default {ROWS_PER_BLOB})"
    add("--rows-per-blob", type=int, default=ROWS_PER_BLOB, help=rows_help)
    bug_help = "layer with the mistake (default none; --bug alone means both)"
    add("--bug", nargs="?", const="both", default="none", choices=SLOPES, help=bug_help)
    plot_help = "write a picture (default no; --plot alone means xor_net.png)"
    add("--plot", nargs="?", const="xor_net.png", metavar="FILE", help=plot_help)
    args = parser.parse_args(argv)
    file = Path("xor_net.png" if args.plot is None else args.plot)
    can_plot = file.suffix.lower() in (".png", ".svg", ".pdf") and file.parent.is_dir()
    for flag, is_allowed, allowed in (
        ("--seed", args.seed >= 0, "a whole number >= 0"),
        ("--epochs", args.epochs >= 0, "a whole number >= 0"),
        ("--learning-rate", 0 < args.learning_rate <= 1000, "above 0, at most 1000"),
        ("--spread", 0 <= args.spread <= 100, "from 0 to 100"),
        ("--rows-per-blob", 1 <= args.rows_per_blob <= 100_000, "from 1 to 100000"),
        ("--plot", can_plot, "a .png, .svg or .pdf in a folder that exists"),
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
            draw(args.plot, "both" if args.bug == "none" else args.bug, *setup)
        except (ImportError, OSError, ValueError) as error:  # or an unknown MPLBACKEND
            parser.error(f"argument --plot: {error}")
    print(f"{len(targets)} rows, spread {args.spread}, seed {args.seed}", end=", ")
    print(f"learning rate {args.learning_rate}\nmistake in layer: {args.bug}")
    network, acc = start, 0.0
    for epoch, network in enumerate(train(*setup, args.bug)):
        predictions = predict(network, features)
        now, acc = cost(predictions, targets), accuracy(predictions, targets)
        bar = "#" * round(min(35, 100 * now))  # 35 also if the cost is inf or nan
        print(f"epoch {epoch:3}  cost {now:.4f}  accuracy {acc:.4f}  {bar}", flush=True)
    print("\nparameter      before       after")
    for name, before, after in zip(Network._fields, start, network):
        print(f"{name:9}  {before:10.4g}  {after:10.4g}")
    print("\nAt the four centres:\nx1  x2  target     h1     h2  prediction")
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        h1, h2, prediction = forward(network, x1, x2)
        print(f"{x1:2}  {x2:2}  {target:6.0f}  {h1:.3f}  {h2:.3f}  {prediction:10.4f}")
    verdict = "Learned" if acc > 0.9 else "Did not learn"
    print(f"\n{verdict}: accuracy {acc:.4f} (must be above 0.9)", flush=True)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:  # 32, or 22 on Windows: `| head` has closed the pipe
        sys.stdout = None  # nobody reads the rest, so Python must not write it at exit
        sys.exit(1 if error.errno in (22, 32) else f"xor_net.py: error: {error}")
