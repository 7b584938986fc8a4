"""A 2-2-1 network learns XOR by back-propagation, every derivative written out.

It answers a learner's question: why will my hidden layer not train? The derivative of
the sigmoid was written for a pre-activation z, sigmoid(z) * (1 - sigmoid(z)), but was
handed outputs, which are sigmoid(z) already; for an output a it is a * (1 - a).

The network is nine numbers: six weights w_from_to and three biases b_unit. Each unit
adds up its weighted inputs and its bias, and puts the sum through the sigmoid:

    x1 --w_x1_h1--.
                   b_h1 --> h1 --w_h1_out--.
    x2 --w_x2_h1--'                         |
                                            b_out --> prediction
    x1 --w_x1_h2--.                         |
                   b_h2 --> h2 --w_h2_out--'
    x2 --w_x2_h2--'

Throughout the program:

    x1, x2       the two features of a row, any numbers; features has shape (rows, 2),
                 so that the two columns are features.T
    target       the right answer for a row, 0.0 or 1.0; targets has shape (rows,)
    z            pre-activation of a unit, any number: weighted inputs plus bias
    h1, h2       outputs of the hidden units, sigmoid(z), from 0 to 1
    prediction   output of the output unit, sigmoid(z), from 0 to 1
    delta        of a unit, for one row: d cost / d z
    gradient     d cost / d each of the nine numbers, in the order of the nine

The last lines of `python xor_net.py`:

    -2   2       1      0.8822
     2  -2       1      0.8940

    Learned: accuracy 0.9675 beats 0.9.
"""

import argparse
import os
from functools import partial
from math import inf
from typing import NamedTuple

import numpy as np

# ---- Data: XOR of the signs, target 1 where x1 and x2 differ in sign ----------------
CENTRES = ((-2, -2), (2, 2), (-2, 2), (2, -2))
CENTRE_TARGETS = (0.0, 0.0, 1.0, 1.0)


def four_blobs(rng, rows_per_blob=100, spread=0.7):
    """Draw rows around each of the CENTRES, with normal noise of deviation `spread`.

    Takes a numpy.random.Generator. Returns features (4 * rows_per_blob, 2) and targets
    (4 * rows_per_blob,), float64. ValueError if rows_per_blob or spread is negative.
    """
    features = rng.normal(np.repeat(CENTRES, rows_per_blob, axis=0), spread)
    targets = np.repeat(CENTRE_TARGETS, rows_per_blob)
    return features, targets


# ---- Activation: of a number, or of each in an array --------------------------------
@np.errstate(over="ignore")  # exp(-z) may overflow to inf, and 1 / inf is rightly 0
def sigmoid(z):
    """Return 1 / (1 + exp(-z)), from 0 to 1, for every z, infinite ones too."""
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative_from_output(output):
    """Return d sigmoid / d z, from 0 to 0.25, given the output sigmoid(z)."""
    return output * (1 - output)


def sigmoid_derivative_from_input(z):
    """Return d sigmoid / d z, from 0 to 0.25, given the pre-activation z.

    As right as the other. Handed an output, as in the question, it takes the sigmoid of
    a sigmoid: 0.197 to 0.25 for every output, so that no unit ever counts as saturated.
    """
    return sigmoid_derivative_from_output(sigmoid(z))


# ---- Network ------------------------------------------------------------------------
class Network(NamedTuple):
    """The nine numbers, or the nine derivatives with respect to them."""

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
    # The two hidden units are to become the two edges of a band, facing opposite ways:
    # so they start as opposites, in a direction that is random, and small, so that none
    # is saturated. The output unit starts as a soft OR of them. From weights that are
    # all random, the two often end up crossing each other, with a blob on a wrong side.
    w1, w2 = (0.1 * rng.standard_normal(2)).tolist()
    return Network(w1, w2, -1.0, -w1, -w2, -1.0, 4.0, 4.0, -2.0)


def forward(network, x1, x2):
    """Return (h1, h2, prediction), each from 0 to 1, for x1, x2: numbers or arrays."""
    h1 = sigmoid(network.w_x1_h1 * x1 + network.w_x2_h1 * x2 + network.b_h1)
    h2 = sigmoid(network.w_x1_h2 * x1 + network.w_x2_h2 * x2 + network.b_h2)
    prediction = sigmoid(network.w_h1_out * h1 + network.w_h2_out * h2 + network.b_out)
    return h1, h2, prediction


# ---- Cost: of arrays of predictions and targets, shape (rows,) ----------------------
def cost(predictions, targets):
    """Return the mean squared error, a float from 0 to 1."""
    return float(np.mean((predictions - targets) ** 2))


def accuracy(predictions, targets):
    """Return the share of rows on the target's side of 0.5, a float from 0 to 1."""
    # A prediction of 0.5 is on neither side, and neither is nan.
    return float(np.mean(np.abs(predictions - targets) < 0.5))


# ---- Back-propagation: the chain rule, from the cost back to each number ------------
def backprop(network, features, targets, derivative=sigmoid_derivative_from_output):
    """Return the exact gradient of the cost, as a Network of nine derivatives.

    features (rows, 2) and targets (rows,) as from four_blobs; `derivative` is handed
    outputs, so that only the default is right. The formulas are those of Rumelhart,
    Hinton and Williams, Nature 323 (1986), 533-536, for the mean squared error.
    """
    outputs = forward(network, *features.T)  # the columns h1, h2 and prediction
    # The columns d output / d z, from the outputs: here the question went wrong.
    derivatives = [derivative(output) for output in outputs]
    columns = np.array([*features.T, targets, *outputs, *derivatives])
    rows = zip(*map(memoryview, columns))  # of plain floats: numpy's are slow in a loop
    n, w_h1_out, w_h2_out = len(targets), network.w_h1_out, network.w_h2_out

    # d cost / d each of the nine numbers, summed up row by row.
    dw_x1_h1 = dw_x2_h1 = db_h1 = 0.0
    dw_x1_h2 = dw_x2_h2 = db_h2 = 0.0
    dw_h1_out = dw_h2_out = db_out = 0.0
    for x1, x2, target, h1, h2, prediction, dh1_dz, dh2_dz, dprediction_dz in rows:
        # Output unit: d cost / d prediction, times d prediction / d z.
        delta_out = 2 * (prediction - target) / n * dprediction_dz
        # Hidden unit: d cost / d the output unit's z, times d that z / d h1, the weight
        # between the two, times d h1 / d the hidden unit's own z.
        delta_h1 = delta_out * w_h1_out * dh1_dz
        delta_h2 = delta_out * w_h2_out * dh2_dz
        # d z / d a weight is what the weight multiplies; d z / d the bias is 1.
        dw_x1_h1 += delta_h1 * x1
        dw_x2_h1 += delta_h1 * x2
        db_h1 += delta_h1
        dw_x1_h2 += delta_h2 * x1
        dw_x2_h2 += delta_h2 * x2
        db_h2 += delta_h2
        dw_h1_out += delta_out * h1
        dw_h2_out += delta_out * h2
        db_out += delta_out
    hidden_1 = dw_x1_h1, dw_x2_h1, db_h1
    hidden_2 = dw_x1_h2, dw_x2_h2, db_h2
    return Network(*hidden_1, *hidden_2, dw_h1_out, dw_h2_out, db_out)


# ---- Training: gradient descent -----------------------------------------------------
class Epoch(NamedTuple):
    """The network after `number` updates, with its cost and accuracy on all rows."""

    number: int
    network: Network
    cost: float
    accuracy: float


def train(
    network,
    features,
    targets,
    epochs=100,
    learning_rate=2.0,
    derivative=sigmoid_derivative_from_output,
):
    """Yield an Epoch for the network as given, number 0, and after each of the updates.

    features (rows, 2), targets (rows,) and derivative go to backprop; an update takes
    learning_rate, above 0, times the gradient away from the network.
    """
    for number in range(epochs + 1):
        if number > 0:
            gradient = backprop(network, features, targets, derivative)
            # Against the gradient, since along it the cost rises.
            steps = (learning_rate * d for d in gradient)
            network = Network(*(value - step for value, step in zip(network, steps)))
        predictions = forward(network, *features.T)[-1]
        results = cost(predictions, targets), accuracy(predictions, targets)
        yield Epoch(number, network, *results)


# ---- Picture ------------------------------------------------------------------------
def draw(figure, features, targets, network, costs):
    """Draw on a matplotlib Figure what `network` learned, and how its cost got there.

    `costs` maps the label of each curve to its costs, one for each epoch from 0.
    """
    figure.set(figwidth=9, figheight=4.8, layout_engine="constrained")
    learned, history = figure.subplots(1, 2)

    reach = 1.05 * np.clip(np.abs(features).max(), 3, 1e6)  # an axis must be finite
    grid = np.linspace(-reach, reach, 201)
    h1, h2, prediction = forward(network, *np.meshgrid(grid, grid))
    shade, steps = np.nan_to_num(prediction, nan=0.5), np.linspace(0, 1, 21)
    light = {"cmap": "YlGnBu_r", "vmin": -1, "vmax": 1}  # 0 to 1: the light half
    learned.contourf(grid, grid, shade, steps, **light)
    for name, output, color, width in (
        ("", prediction, "gray", 5),
        ("h1", h1, "black", 1),
        ("h2", h2, "black", 1),
    ):
        if output.min() < 0.5 < output.max():  # else its line lies outside the picture
            style = {"colors": color, "linewidths": width, "zorder": 1}  # behind rows
            line = learned.contour(grid, grid, output, [0.5], **style)
            for label in learned.clabel(line, fmt=name) if name else ():
                label.set(bbox={"facecolor": "white", "pad": 1}, clip_on=False)
    learned.plot([], color="gray", linewidth=5, label="prediction 0.5")

    size = np.clip(8000 / len(targets), 8, 20)
    right = np.abs(forward(network, *features.T)[-1] - targets) < 0.5
    for label, rows, area, color, edge, marker in (
        ("target 0", targets == 0, size, "navy", "white", "o"),
        ("target 1", targets == 1, size, "gold", "black", "^"),
        (f"wrong: {np.sum(~right)}", ~right, 4 * size, "none", "red", "o"),
    ):
        style = {"marker": marker, "edgecolors": edge, "linewidths": 0.5}
        learned.scatter(*features[rows].T, area, color, label=label, **style)
    learned.set(title="What it learned", xlabel="x1", ylabel="x2", aspect="equal")

    for (label, curve), dashes in zip(costs.items(), ("-", "--")):
        history.plot(curve, dashes, marker="o", markevery=[-1], label=label)
    history.axhline(0.25, color="gray", linestyle=":", label="chance: 0.25")
    history.set(title="How it got there", xlabel="epoch", ylabel="cost")
    history.set_ylim(0, 1.1 * history.get_ylim()[1])
    history.locator_params(axis="x", integer=True, min_n_ticks=1)
    figure.legend(loc="outside lower center", ncols=4, framealpha=1)


# ---- Command line -------------------------------------------------------------------
def number(convert, is_allowed, allowed, text):
    """Convert the text of a flag, or refuse it, saying what is `allowed`."""
    try:
        value = convert(text) + 0  # makes -0.0 0.0
    except ValueError:
        value = np.nan  # which no comparison allows
    if not is_allowed(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not {allowed}")
    return value


def picture(name):
    """Return (matplotlib Figure, name) for the name of a file, or for "window".

    Refuses, as early as any flag is refused, what could not be written or shown.
    """
    # matplotlib is imported only for a picture: loading it takes longer than a run.
    if name == "window":
        from matplotlib import pyplot

        try:
            figure = pyplot.figure()
            if figure.canvas.required_interactive_framework:
                return figure, name
        except ImportError:
            pass  # the backend that the user's settings ask for finds no screen
        problem = "no screen for a window: name a file, as in --plot xor_net.png"
    else:
        from matplotlib.figure import Figure

        figure = Figure()
        endings = figure.canvas.get_supported_filetypes().keys() - {"pgf"}  # needs TeX
        ending = os.path.splitext(name)[1][1:].lower()
        if not os.path.isdir(os.path.dirname(name) or "."):
            problem = f"{name!r} is in a folder that does not exist"
        elif os.path.isdir(name) or ending not in endings:
            problem = f"{name!r} is not a file ending in .{', .'.join(sorted(endings))}"
        else:
            return figure, name
    raise argparse.ArgumentTypeError(problem)


def command_line():
    """Return the argparse parser of the flags."""
    whole = partial(number, int, lambda n: n >= 0, "a whole number >= 0")
    rows = partial(number, int, lambda n: 0 < n <= 1e6, "a whole number, 1 to 1000000")
    rate = partial(number, float, lambda x: 0 < x < inf, "a finite number > 0")
    spread = partial(number, float, lambda x: 0 <= x < inf, "a finite number >= 0")
    parser = argparse.ArgumentParser(
        description="Train a 2-2-1 network on four XOR blobs by back-propagation.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for flag, kind, default, purpose in (
        ("--seed", whole, 0, "where the random numbers start: same seed, same run"),
        ("--epochs", whole, 100, "how many updates to make, each from all rows"),
        ("--learning-rate", rate, 2.0, "how far to go, as a multiple of the gradient"),
        ("--spread", spread, 0.7, "standard deviation of each blob"),
        ("--rows-per-blob", rows, 100, "rows in each of the four blobs"),
    ):
        parser.add_argument(flag, type=kind, default=default, metavar="N", help=purpose)
    purpose = "train with the question's mistake: outputs taken for inputs"
    parser.add_argument("--bug", action="store_true", help=purpose)
    plot = {"nargs": "?", "type": picture, "const": "window", "metavar": "FILE"}
    purpose = "show a picture of what was learned, or write it to FILE"
    parser.add_argument("--plot", help=purpose, **plot)
    return parser


@np.errstate(over="ignore", invalid="ignore")  # far too high a rate ends in inf or nan
def main(argv=None):
    """Train as the flags in `argv` say; print each epoch and what was learned."""
    parser = command_line()
    args = parser.parse_args(argv)
    rng = np.random.default_rng(args.seed)
    features, targets = four_blobs(rng, args.rows_per_blob, args.spread)
    start = initial_network(rng)
    derivative, other = sigmoid_derivative_from_output, sigmoid_derivative_from_input
    if args.bug:
        derivative, other = other, derivative
    blobs = f"spread {args.spread}, seed {args.seed}"
    print(f"{len(targets)} rows, {blobs}, learning rate {args.learning_rate}")
    print(f"derivative: {derivative.__name__}")
    width = len(str(args.epochs))
    settings = features, targets, args.epochs, args.learning_rate
    costs = []
    for epoch in train(start, *settings, derivative):
        print(f"epoch {epoch.number:{width}}  cost {epoch.cost:6.4f}", end="  ")
        print(f"accuracy {epoch.accuracy:.3f}")
        if args.plot:
            costs.append(epoch.cost)

    print("\nnumber        before       after")
    for name, before, after in zip(Network._fields, start, epoch.network):
        print(f"{name:8}  {before:10.4g}  {after:10.4g}")
    print("\nx1  x2  target  prediction")
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        prediction = forward(epoch.network, x1, x2)[-1]
        print(f"{x1:2}  {x2:2}  {target:6.0f}  {prediction:10.4f}")
    if epoch.accuracy > 0.9:
        print(f"\nLearned: accuracy {epoch.accuracy:.4f} beats 0.9.")
    else:
        print(f"\nDid not learn: accuracy {epoch.accuracy:.4f} does not beat 0.9.")

    if args.plot:
        figure, name = args.plot
        figure.suptitle(f"{blobs}: accuracy {epoch.accuracy:.3f}")
        curves = {f"this run: {derivative.__name__}": costs}
        again = train(start, *settings, other)
        curves[f"same start: {other.__name__}"] = [step.cost for step in again]
        draw(figure, features, targets, epoch.network, curves)
        if name == "window":
            from matplotlib import pyplot

            pyplot.show()
        else:
            try:
                figure.savefig(name)
            except OSError as error:
                parser.exit(2, f"{parser.prog}: error: {error}\n")
            print(f"Picture: {name}")


if __name__ == "__main__":
    main()
