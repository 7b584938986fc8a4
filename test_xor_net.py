"""The self-check of xor_net.py: the name of each test is a claim that it proves."""

import itertools
import re
import runpy
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from math import inf, nan, sqrt
from pathlib import Path
from statistics import NormalDist
from textwrap import dedent
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import xor_net
from xor_net import (
    CENTRE_TARGETS,
    CENTRES,
    Network,
    accuracy,
    backprop,
    cost,
    draw,
    forward,
    four_blobs,
    initial_network,
    main,
    sigmoid,
    sigmoid_derivative_from_input,
    sigmoid_derivative_from_output,
    train,
)

pytestmark = pytest.mark.filterwarnings("error")  # a warning is a failure

matplotlib.use("agg")  # no test opens a window

SCRIPT = Path(xor_net.__file__)
README = SCRIPT.with_name("README.md").read_text(encoding="utf-8")
SEEDS = range(50)

# ---- Activation ---------------------------------------------------------------------


def test_sigmoid_at_the_points_everybody_knows():
    assert sigmoid(0) == 0.5
    assert sigmoid(np.log(3)) == pytest.approx(0.75, rel=1e-14)
    assert sigmoid(1.0) == pytest.approx(0.7310585786300049, rel=1e-14)


def test_sigmoid_of_any_z_lies_in_0_to_1_without_overflow():
    z = np.array([-inf, -1.7e308, -1000.0, -40.0, 40.0, 1000.0, 1.7e308, inf])
    tail = np.exp(-40.0)
    assert sigmoid(z) == pytest.approx([0, 0, 0, tail, 1 - tail, 1, 1, 1], rel=1e-14)
    assert sigmoid(-inf) == 0 and sigmoid(inf) == 1
    assert np.all((sigmoid(z) >= 0) & (sigmoid(z) <= 1))


def test_sigmoid_is_symmetric_about_one_half_and_rises():
    z = np.linspace(-30, 30, 1001)
    assert sigmoid(-z) == pytest.approx(1 - sigmoid(z), abs=1e-15)
    assert np.all(np.diff(sigmoid(z)) > 0)


def test_both_derivatives_are_the_slope_of_the_sigmoid():
    z, h = np.linspace(-8, 8, 101), 1e-5
    slope = (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)
    assert sigmoid_derivative_from_input(z) == pytest.approx(slope, abs=1e-10)
    assert sigmoid_derivative_from_output(sigmoid(z)) == pytest.approx(slope, abs=1e-10)


def test_both_derivatives_agree_when_each_is_given_what_its_name_says():
    for z in (-3.0, 0.0, 0.5, np.linspace(-40, 40, 81)):
        from_output = sigmoid_derivative_from_output(sigmoid(z))
        assert from_output == pytest.approx(sigmoid_derivative_from_input(z), abs=1e-16)


def test_the_input_derivative_of_an_output_never_sees_saturation():
    outputs = np.linspace(0, 1, 101)
    mistaken = sigmoid_derivative_from_input(outputs)
    assert (mistaken.min().round(3), mistaken.max()) == (0.197, 0.25)


# ---- Data ---------------------------------------------------------------------------


def test_blobs_come_100_rows_each_in_the_order_of_the_centres():
    features, targets = four_blobs(np.random.default_rng(0))
    assert features.shape == (400, 2) and features.dtype == np.float64
    assert targets.shape == (400,) and targets.dtype == np.float64
    assert targets.tolist() == [0.0] * 200 + [1.0] * 200
    features, targets = four_blobs(np.random.default_rng(0), 3, 0)
    centres = [(-2, -2)] * 3 + [(2, 2)] * 3 + [(-2, 2)] * 3 + [(2, -2)] * 3
    assert features.tolist() == [list(centre) for centre in centres]
    assert targets.tolist() == [0.0] * 6 + [1.0] * 6


@pytest.mark.parametrize("options, spread", [({}, 0.7), ({"spread": 1.5}, 1.5)])
def test_blobs_are_normal_around_their_centres_with_the_given_spread(options, spread):
    rows = 40_000
    features, _ = four_blobs(np.random.default_rng(1), rows, **options)
    for centre, blob in zip(CENTRES, features.reshape(4, rows, 2)):
        assert blob.mean(axis=0) == pytest.approx(centre, abs=5 * spread / sqrt(rows))
        assert blob.std(axis=0) == pytest.approx([spread] * 2, rel=0.02)
        within_one = np.mean(np.abs(blob - centre) < spread, axis=0)
        assert within_one == pytest.approx([0.683] * 2, abs=0.015)
        assert np.corrcoef(blob.T)[0, 1] == pytest.approx(0, abs=0.03)


def test_blobs_depend_on_the_generator_and_on_nothing_else():
    draws = [four_blobs(np.random.default_rng(seed))[0] for seed in (5, 5, 6)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.any(draws[0] == draws[2])


@pytest.mark.parametrize("options", [{"rows_per_blob": -1}, {"spread": -1.0}])
def test_blobs_of_negative_size_are_refused(options):
    with pytest.raises(ValueError):
        four_blobs(np.random.default_rng(0), **options)


# ---- Network and cost ---------------------------------------------------------------

# h1 detects target 1 at (-2, 2) and h2 at (2, -2): each wants a difference above 2.
XOR_BY_HAND = Network(-5.0, 5.0, -10.0, 5.0, -5.0, -10.0, 20.0, 20.0, -10.0)


def test_weights_set_by_hand_compute_xor():
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        h1, h2, prediction = forward(XOR_BY_HAND, x1, x2)
        assert [round(h1), round(h2)] == [(x1, x2) == (-2, 2), (x1, x2) == (2, -2)]
        assert prediction == pytest.approx(target, abs=1e-4)


def test_forward_pass_uses_each_of_the_nine_numbers_in_its_place():
    network = Network(0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 0.9)
    h1 = sigmoid(0.1 * 1.5 - 0.2 * 2.5 + 0.3)
    h2 = sigmoid(-0.4 * 1.5 + 0.5 * 2.5 - 0.6)
    prediction = sigmoid(0.7 * h1 - 0.8 * h2 + 0.9)
    assert forward(network, 1.5, 2.5) == pytest.approx((h1, h2, prediction), rel=1e-14)
    assert " ".join(Network._fields) == (
        "w_x1_h1 w_x2_h1 b_h1 w_x1_h2 w_x2_h2 b_h2 w_h1_out w_h2_out b_out"
    )


def test_forward_pass_of_arrays_is_that_of_each_row():
    features, _ = four_blobs(np.random.default_rng(2), 5)
    rows = [forward(XOR_BY_HAND, x1, x2) for x1, x2 in features.tolist()]
    arrays = forward(XOR_BY_HAND, *features.T)
    assert np.array(arrays).T == pytest.approx(np.array(rows), rel=1e-14)


def test_start_is_two_small_opposite_hidden_units_and_a_soft_or():
    for seed in range(10):
        start = initial_network(np.random.default_rng(seed))
        w1, w2 = 0.1 * np.random.default_rng(seed).normal(size=2)
        assert start == (w1, w2, -1, -w1, -w2, -1, 4, 4, -2)
        assert all(type(value) is float for value in start)


def test_cost_is_the_mean_squared_error():
    value = cost(np.array([0.5, 0.25, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert value == pytest.approx((0.25 + 0.5625 + 0) / 3) and type(value) is float


def test_accuracy_is_the_share_of_rows_on_the_right_side_of_one_half():
    predictions = np.array([0.49, 0.51, 0.51, 0.49, 0.0, 1.0, 0.5, nan])
    targets = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    value = accuracy(predictions, targets)
    assert value == 4 / 8 and type(value) is float  # 0.5 and nan are on neither side


# ---- Back-propagation: the gradient check -------------------------------------------


def numerical_gradient(network, features, targets, h=1e-5):
    """Central differences of the cost: (cost(n + h) - cost(n - h)) / 2h, nine times."""

    def cost_with(name, value):
        moved = network._replace(**{name: value})
        return cost(forward(moved, *features.T)[-1], targets)

    return [
        (cost_with(name, value + h) - cost_with(name, value - h)) / (2 * h)
        for name, value in network._asdict().items()
    ]


def vectorised_gradient(
    network, features, targets, derivative=sigmoid_derivative_from_output
):
    """What backprop returns, by matrices and without a loop."""
    h1, h2, prediction = forward(network, *features.T)
    hidden = np.stack([h1, h2])
    delta_out = 2 / targets.size * (prediction - targets) * derivative(prediction)
    delta_hidden = np.outer(network[6:8], delta_out) * derivative(hidden)
    ones = np.ones((targets.size, 1))
    return Network(
        *(delta_hidden @ np.hstack([features, ones])).ravel().tolist(),
        *(hidden @ delta_out).tolist(),
        delta_out.sum().item(),
    )


def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||): 0 for equal gradients, 1 for opposite ones."""
    a, b = np.array(a), np.array(b)
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


def networks_and_data():
    """Yield starts, trained networks and random ones, each with its own rows."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        data = four_blobs(rng, rows_per_blob=5 + seed, spread=0.2 + 0.2 * seed)
        start = initial_network(rng)
        *_, last = train(start, *data, epochs=5)
        anything = Network(*rng.normal(size=9).tolist())
        for network in (start, last.network, anything):
            yield network, *data


def test_gradient_agrees_with_central_differences_in_all_nine_numbers():
    for case in networks_and_data():
        assert relative_error(backprop(*case), numerical_gradient(*case)) < 1e-8


def test_gradient_check_rejects_the_derivative_of_the_question():
    for case in networks_and_data():
        mistaken = backprop(*case, sigmoid_derivative_from_input)
        assert relative_error(mistaken, numerical_gradient(*case)) > 0.05


@pytest.mark.parametrize(
    "derivative", [sigmoid_derivative_from_output, sigmoid_derivative_from_input]
)
def test_gradient_of_the_loop_agrees_with_a_vectorised_one(derivative):
    rng = np.random.default_rng(0)
    data = four_blobs(rng)
    epochs = train(initial_network(rng), *data, derivative=derivative)
    along_a_run = [(epoch.network, *data) for epoch in epochs]
    for case in [*networks_and_data(), *along_a_run]:
        gradient = backprop(*case, derivative)
        assert type(gradient) is Network
        expected = vectorised_gradient(*case, derivative)
        assert relative_error(gradient, expected) < 1e-12


# ---- Training -----------------------------------------------------------------------


def run(seed, **options):
    """Train as the script does, but for `options`; return all epochs, and the rng."""
    rng = np.random.default_rng(seed)
    data = four_blobs(rng)
    return list(train(initial_network(rng), *data, **options)), rng


def two_hidden_unit_ceiling(spread):
    """Best accuracy of a band between two parallel lines, for blobs at (+-2, +-2).

    Across the band, one target's blobs lie at 0, the other's at d and -d spreads; the
    band reaches from -t to t. For this spread the best t is looked for on a fine grid.
    """
    phi, d = NormalDist().cdf, 2 * sqrt(2) / spread
    return max(
        (2 * phi(t) - 1 + phi(d - t) + phi(-d - t)) / 2 for t in np.arange(0, d, 0.001)
    )


def test_cost_falls_at_every_epoch_and_accuracy_beats_0_9():
    epochs, _ = run(seed=0)
    costs = [epoch.cost for epoch in epochs]
    assert np.all(np.diff(costs) < 0)
    assert epochs[0].accuracy == 0.5 and epochs[-1].accuracy > 0.9


@pytest.fixture
def vectorised(monkeypatch):
    """Train by matrices, which the test above holds equal to the loop: it saves time."""
    monkeypatch.setattr(xor_net, "backprop", vectorised_gradient)


def test_every_seed_learns_as_much_as_two_hidden_units_can(vectorised):
    ceiling = two_hidden_unit_ceiling(0.7)
    assert ceiling == pytest.approx(0.970, abs=5e-4)
    for seed in SEEDS:
        epochs, rng = run(seed)
        assert epochs[-1].accuracy > 0.9
        assert epochs[-1].cost < epochs[0].cost / 2
        features, targets = four_blobs(rng, 2500)
        fresh = accuracy(forward(epochs[-1].network, *features.T)[-1], targets)
        assert fresh == pytest.approx(ceiling, abs=0.01)


def test_no_seed_learns_with_the_derivative_of_the_question(vectorised):
    for seed in SEEDS:
        epochs, _ = run(seed, derivative=sigmoid_derivative_from_input)
        assert max(epoch.accuracy for epoch in epochs) <= 0.9


def mistaken_in(*units):
    """Return a derivative for backprop that is the question's for `units` alone.

    backprop asks for the derivative of h1, h2 and the prediction, in turn.
    """
    turns = itertools.cycle(["h1", "h2", "prediction"])

    def derivative(output):
        if next(turns) in units:
            return sigmoid_derivative_from_input(output)
        return sigmoid_derivative_from_output(output)

    return derivative


def test_mistake_in_the_output_layer_alone_shows_in_the_gradient_only():
    for seed in SEEDS[:3]:
        epochs, _ = run(seed, derivative=mistaken_in("prediction"))
        assert epochs[-1].accuracy > 0.9 and epochs[-1].cost < epochs[0].cost / 2
    for case in networks_and_data():
        mistaken = backprop(*case, mistaken_in("prediction"))
        assert relative_error(mistaken, numerical_gradient(*case)) > 1e-3


def test_mistake_in_the_hidden_layer_alone_is_fatal():
    for seed in SEEDS[:3]:
        epochs, _ = run(seed, derivative=mistaken_in("h1", "h2"))
        assert epochs[-1].accuracy <= 0.9
    # Without noise, what it does at the start is plain: it turns each unit backwards.
    rng = np.random.default_rng(0)
    data, start = four_blobs(rng, spread=0.0), initial_network(rng)
    right, wrong = (
        backprop(start, *data),
        backprop(start, *data, mistaken_in("h1", "h2")),
    )
    assert all(right[k] * wrong[k] < 0 for k in (0, 1, 3, 4))


def test_one_update_is_the_learning_rate_times_the_gradient_downhill():
    rng = np.random.default_rng(3)
    data, start = four_blobs(rng), initial_network(rng)
    for options, rate in (({}, 2.0), ({"learning_rate": 0.3}, 0.3)):
        before, after = train(start, *data, epochs=1, **options)
        expected = np.array(start) - rate * np.array(backprop(start, *data))
        assert after.network == pytest.approx(tuple(expected), rel=1e-14)
        assert before.network == start


def test_epochs_count_from_the_start_and_describe_their_own_network():
    rng = np.random.default_rng(4)
    data, start = four_blobs(rng), initial_network(rng)
    assert [epoch.number for epoch in train(start, *data)] == list(range(101))
    assert [epoch.number for epoch in train(start, *data, epochs=0)] == [0]
    for number, network, its_cost, its_accuracy in train(start, *data, epochs=3):
        predictions = forward(network, *data[0].T)[-1]
        assert its_cost == cost(predictions, data[1])
        assert its_accuracy == accuracy(predictions, data[1])


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    assert run(7, epochs=3)[0] == run(7, epochs=3)[0] != run(8, epochs=3)[0]


# ---- Command line -------------------------------------------------------------------

COMMANDS = {
    "default": ["xor_net.py"],
    "bug": ["xor_net.py", "--bug"],
    "help": ["xor_net.py", "--help"],
    "bad": ["xor_net.py", "--epochs", "ten"],
    "extreme": ["-X", "dev", "xor_net.py", "--learning-rate", "1e300", "--bug"],
    "import": [
        "-c",
        "import sys, xor_net; xor_net.main(['--epochs=1']); print(*sys.modules)",
    ],
}


def python(arguments, folder):
    """Run Python on a copy of the script, alone in a folder; warnings are errors."""
    shutil.copy(SCRIPT, folder)
    finished = subprocess.run(
        [sys.executable, "-B", "-W", "error", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert [path.name for path in folder.iterdir()] == [SCRIPT.name]
    return finished.returncode, finished.stdout, finished.stderr


@pytest.fixture(scope="module", autouse=True)
def commands(tmp_path_factory):
    """Start the COMMANDS with the first test: they run beside it, which saves time."""
    with ThreadPoolExecutor() as pool:
        yield {
            name: pool.submit(python, arguments, tmp_path_factory.mktemp(name))
            for name, arguments in COMMANDS.items()
        }


@pytest.fixture
def default_output(commands):
    status, out, err = commands["default"].result()
    assert (status, err) == (0, "")
    return out


def test_default_run_prints_each_epoch_and_says_that_it_learned(default_output):
    lines = default_output.splitlines()
    assert lines[0] == "400 rows, spread 0.7, seed 0, learning rate 2.0"
    assert lines[1] == "derivative: sigmoid_derivative_from_output"
    epochs, _ = run(seed=0)
    for line, (number, _, its_cost, its_accuracy) in zip(lines[2:103], epochs):
        assert line == (
            f"epoch {number:3}  cost {its_cost:.4f}  accuracy {its_accuracy:.3f}"
        )
    for name, before, after in zip(
        Network._fields, epochs[0].network, epochs[-1].network
    ):
        assert f"{name:8}  {before:10.4g}  {after:10.4g}" in lines[103:]
    for (x1, x2), target in zip(CENTRES, CENTRE_TARGETS):
        prediction = forward(epochs[-1].network, x1, x2)[-1]
        assert f"{x1:2}  {x2:2}  {target:6.0f}  {prediction:10.4f}" in lines[103:]
    assert lines[-1] == f"Learned: accuracy {epochs[-1].accuracy:.4f} beats 0.9."


def test_run_with_the_bug_says_that_it_did_not_learn(commands):
    status, out, err = commands["bug"].result()
    assert (status, err) == (0, "")
    lines = out.splitlines()
    epochs, _ = run(seed=0, derivative=sigmoid_derivative_from_input)
    assert lines[1] == "derivative: sigmoid_derivative_from_input"
    assert lines[102].startswith(f"epoch 100  cost {epochs[-1].cost:.4f}")
    assert lines[-1].startswith(f"Did not learn: accuracy {epochs[-1].accuracy:.4f}")


def test_same_flags_give_the_same_output(default_output, capsys):
    flags = "--seed=0 --epochs=100 --learning-rate=2 --spread=0.7 --rows-per-blob=100"
    main(flags.split())
    assert capsys.readouterr().out == default_output


def test_bad_input_ends_with_status_2_and_nothing_on_standard_output(commands):
    status, out, err = commands["bad"].result()
    assert (status, out) == (2, "")
    assert err.endswith("error: argument --epochs: 'ten' is not a whole number >= 0\n")


def refusal(flags, capsys):
    """Return what main prints on standard error as it refuses the flags."""
    with pytest.raises(SystemExit) as refused:
        main(flags)
    assert refused.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    "flag, allowed, values",
    [
        ("--seed", "a whole number >= 0", "-1 1.5 x"),
        ("--epochs", "a whole number >= 0", "-1 1e3 nan inf"),
        ("--rows-per-blob", "a whole number, 1 to 1000000", "0 -5 1.5 1000001 nan"),
        ("--spread", "a finite number >= 0", "-0.1 nan inf 1e999 wide"),
        ("--learning-rate", "a finite number > 0", "0 -2 nan inf -inf fast"),
    ],
)
def test_bad_values_are_named_with_what_is_allowed(flag, allowed, values, capsys):
    for value in [*values.split(), ""]:
        expected = f"error: argument {flag}: {value!r} is not {allowed}\n"
        assert refusal([f"{flag}={value}"], capsys).endswith(expected)


def test_the_last_values_that_are_allowed_are_taken():
    flags = (
        "--seed=0 --epochs=0 --rows-per-blob=1000000 --spread=0 --learning-rate=5e-324"
    )
    taken = xor_net.command_line().parse_args(flags.split())
    assert (taken.seed, taken.epochs, taken.rows_per_blob) == (0, 0, 1_000_000)
    assert (taken.spread, taken.learning_rate) == (0.0, 5e-324)


@pytest.mark.parametrize("argument", ["--batch-size", "stray", ""])
def test_unknown_arguments_are_refused(argument, capsys):
    expected = f"error: unrecognized arguments: {argument}\n"
    assert refusal([argument], capsys).endswith(expected)


def test_extreme_input_ends_by_itself_without_a_warning(commands):
    status, out, err = commands["extreme"].result()
    assert (status, err) == (0, "")
    assert "cost    nan  accuracy 0.000" in out
    assert out.endswith("Did not learn: accuracy 0.0000 does not beat 0.9.\n")


@pytest.mark.parametrize(
    "flags, learned",
    [
        ("--learning-rate 1e6", False),
        ("--learning-rate 1e6 --bug", False),
        ("--learning-rate 1e-300", False),
        ("--spread -0.0", True),
        ("--spread 100", False),
        ("--spread 1e308", False),
        ("--rows-per-blob 1", True),
        ("--rows-per-blob 1000", True),
        ("--epochs 0", False),
        (f"--seed {2**128 - 1}", True),
    ],
)
def test_extreme_input_gets_a_truthful_verdict(flags, learned, capsys):
    main(["--epochs=20", *flags.split()])
    out, err = capsys.readouterr()
    *_, last_accuracy = re.findall(r"^epoch .* accuracy (\S+)$", out, re.MULTILINE)
    assert (float(last_accuracy) > 0.9) is learned
    verdict = "Learned: accuracy" if learned else "Did not learn: accuracy"
    assert out.splitlines()[-1].startswith(verdict) and err == ""


@pytest.mark.parametrize("epochs", [0, 9, 10])
def test_columns_stay_aligned_however_many_epochs(epochs, capsys):
    main(["--rows-per-blob=1", f"--epochs={epochs}"])
    lines = re.findall(r"^epoch.*$", capsys.readouterr().out, re.MULTILINE)
    assert len(lines) == epochs + 1 and len(set(map(len, lines))) == 1


# ---- Picture ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def panels():
    """The two panels of a picture of a few epochs, and what was given to draw it."""
    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    *_, last = train(initial_network(rng), features, targets, epochs=20)
    costs = {"this run": [0.25, 0.2, 0.1], "same start": [0.25, 0.26, 0.3]}
    figure = Figure()
    draw(figure, features, targets, last.network, costs)
    return *figure.axes, features, targets, last.network, costs


def test_left_panel_shows_each_row_by_target_and_rings_the_wrong_ones(panels):
    learned, _, features, targets, network, _ = panels
    wrong = np.abs(forward(network, *features.T)[-1] - targets) >= 0.5
    assert 0 < wrong.sum() < 40
    for label, rows in {
        "target 0": targets == 0,
        "target 1": targets == 1,
        f"wrong: {wrong.sum()}": wrong,
    }.items():
        (dots,) = [dots for dots in learned.collections if dots.get_label() == label]
        assert np.array_equal(dots.get_offsets(), features[rows])
    assert dots.get_facecolors().size == 0  # a ring


def test_left_panel_shades_the_prediction_with_equal_axes(panels, monkeypatch):
    learned, _, features, targets, network, costs = panels
    shades = []
    monkeypatch.setattr(
        Axes, "contourf", lambda axes, *given, **_: shades.append(given)
    )
    monkeypatch.setattr(Axes, "contour", lambda *given, **_: None)
    monkeypatch.setattr(Axes, "clabel", lambda *given, **_: [])
    draw(Figure(), features, targets, network, costs)
    ((x1, x2, shade, _),) = shades
    assert shade == pytest.approx(forward(network, x1, x2[:, None])[-1])
    assert x1.min() < features.min() and x1.max() > features.max()
    assert np.array_equal(x1, x2) and learned.get_aspect() in (1, "equal")
    assert (learned.get_xlabel(), learned.get_ylabel()) == ("x1", "x2")


def test_left_panel_draws_where_each_output_is_one_half(panels):
    learned, _, _, _, network, _ = panels
    lines = learned.collections[-6:-3]  # drawn after the shade and before the rows
    assert {text.get_text() for text in learned.texts} == {"h1", "h2"}
    for unit, line in zip((2, 0, 1), lines):  # the prediction first, then h1 and h2
        points = np.concatenate([path.vertices for path in line.get_paths()])
        assert forward(network, *points.T)[unit] == pytest.approx(0.5, abs=0.01)
    heavy, *thin = [line.get_linewidths()[0] for line in lines]
    assert len(thin) == 2 and heavy > 3 * max(thin)


def test_right_panel_shows_both_costs_and_chance(panels):
    _, history, _, _, _, costs = panels
    *curves, chance = history.lines
    assert {line.get_label(): list(line.get_ydata()) for line in curves} == costs
    assert all(list(line.get_xdata()) == [0, 1, 2] for line in curves)
    assert curves[0].get_linestyle() != curves[1].get_linestyle()
    assert set(chance.get_ydata()) == {0.25} and chance.get_label() == "chance: 0.25"
    assert (history.get_xlabel(), history.get_ylabel()) == ("epoch", "cost")
    (legend,) = history.figure.legends
    labels = {text.get_text() for text in legend.get_texts()}
    assert labels >= {*costs, "chance: 0.25", "target 0", "target 1", "prediction 0.5"}


@pytest.mark.parametrize("flags", [[], ["--bug"]])
def test_picture_is_of_the_run_and_of_the_other_derivative(flags, monkeypatch, capsys):
    drawn = []
    monkeypatch.setattr(xor_net, "draw", lambda *given: drawn.append(given))
    monkeypatch.setattr(Figure, "savefig", lambda figure, name: None)
    main([*flags, "--epochs=3", "--plot=x.png"])
    ((figure, *_, network, costs),) = drawn
    right, mistaken = (
        run(0, epochs=3, derivative=derivative)[0]
        for derivative in (
            sigmoid_derivative_from_output,
            sigmoid_derivative_from_input,
        )
    )
    this, other = (mistaken, right) if flags else (right, mistaken)
    assert network == this[-1].network
    assert list(costs.values()) == [[e.cost for e in this], [e.cost for e in other]]
    names = ["sigmoid_derivative_from_output", "sigmoid_derivative_from_input"]
    first, second = reversed(names) if flags else names
    assert list(costs) == [f"this run: {first}", f"same start: {second}"]
    title = f"spread 0.7, seed 0: accuracy {this[-1].accuracy:.3f}"
    assert [text.get_text() for text in figure.texts] == [title]


def opens_as_png(file):
    height, width, _ = matplotlib.image.imread(file, format="png").shape
    return 600 < width < 2000 and width / height == pytest.approx(9 / 4.8, rel=0.01)


def opens_as_svg(file):
    root = ElementTree.parse(file).getroot()
    return root.tag.endswith("}svg") and root.attrib["width"] == "648pt"


def opens_as_pdf(file):
    page = file.read_bytes()
    return page.startswith(b"%PDF") and b"/MediaBox [ 0 0 648 345.6 ]" in page


@pytest.mark.parametrize(
    "flags, ending, opens",
    [
        ("--epochs 1 --spread 1 --bug", "PNG", opens_as_png),
        ("--epochs 0 --spread 0", "svg", opens_as_svg),
        ("--epochs 3 --spread 1e308 --learning-rate 1e6", "pdf", opens_as_pdf),
    ],
)
def test_any_flags_give_a_picture_in_the_format_of_its_ending(
    flags, ending, opens, tmp_path, capsys
):
    file = tmp_path / f"picture.{ending}"
    main([*flags.split(), "--plot", str(file)])
    out, err = capsys.readouterr()
    assert out.endswith(f"Picture: {file}\n") and err == ""
    assert list(tmp_path.iterdir()) == [file] and opens(file)


@pytest.mark.parametrize(
    "name, problem",
    [
        ("", "'' is not a file ending in ."),
        ("png", "'png' is not a file ending in ."),
        ("picture.doc", "'picture.doc' is not a file ending in ."),
        ("no/such/folder/picture.png", "is in a folder that does not exist"),
        (".", "'.' is not a file ending in ."),
    ],
)
def test_a_picture_that_cannot_be_written_is_refused_before_training(
    name, problem, capsys
):
    err = refusal(["--plot", name], capsys)
    last = err.splitlines()[-1]
    assert "error: argument --plot: " in last and problem in last


def test_a_window_without_a_screen_is_refused_before_training(capsys, monkeypatch):
    advice = "no screen for a window: name a file, as in --plot xor_net.png\n"
    assert refusal(["--plot"], capsys).endswith(f"argument --plot: {advice}")

    def no_backend():
        raise ImportError("Cannot load backend")

    monkeypatch.setattr(pyplot, "figure", no_backend)
    assert refusal(["--plot"], capsys).endswith(f"argument --plot: {advice}")
    pyplot.close("all")


def test_a_window_opens_after_training(capsys, monkeypatch):
    canvas = type(pyplot.figure().canvas)
    monkeypatch.setattr(canvas, "required_interactive_framework", "a screen")
    shown = []
    monkeypatch.setattr(pyplot, "show", lambda: shown.extend(pyplot.gcf().axes))
    main(["--epochs=3", "--plot"])
    assert len(shown) == 2 and "Learned" in capsys.readouterr().out
    pyplot.close("all")


def test_a_refusal_by_the_system_is_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(xor_net, "draw", lambda *given: None)
    with pytest.raises(SystemExit) as refused:
        main(["--epochs=3", "--plot", str(tmp_path / ("x" * 300 + ".png"))])
    err = capsys.readouterr().err
    assert refused.value.code == 2 and "error: " in err and err.count("\n") == 1


def test_matplotlib_is_not_loaded_without_a_picture(commands):
    status, out, err = commands["import"].result()
    assert (status, err) == (0, "")
    assert " numpy " in out and "matplotlib" not in out


# ---- What is written down -----------------------------------------------------------


def table_below(heading):
    """Return the rows of the README's table in a section, as lists of texts."""
    section = README.split(heading)[1].split("\n## ")[0]
    _, _, *rows = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
    return [[cell.strip(" `") for cell in row.split("|")] for row in rows]


def test_slopes_in_the_readme_are_those_of_the_code():
    rows = table_below("## The question and the bug")
    assert len(rows) == 4
    for a, true, mistaken in [map(float, row) for row in rows]:
        assert f"{sigmoid_derivative_from_output(a):.6f}" == f"{true:.6f}"
        assert f"{sigmoid_derivative_from_input(a):.6f}" == f"{mistaken:.6f}"


def test_every_number_of_the_row_by_hand_in_the_readme_comes_from_the_code():
    section = README.split("## One row by hand")[1].split("\n## ")[0]
    rows = table_below("## One row by hand")
    network = Network(*(float(before) for _, before, *_ in rows))
    row = np.array([[2.0, -1.0]]), np.array([1.0])
    known = {**network._asdict(), "x1": 2.0, "x2": -1.0, "target": 1.0}
    known["sigmoid"] = sigmoid
    for name, formula, value in re.findall(
        r"^(\w+) += (.+?) += +(-?\d+\.\d{5})$", section, re.MULTILINE
    ):
        known[name] = eval(formula, known)
        assert f"{known[name]:.5f}" == value
    assert forward(network, 2.0, -1.0) == tuple(
        known[name] for name in ("h1", "h2", "prediction")
    )
    gradient = backprop(network, *row)
    _, updated = train(network, *row, epochs=1)
    for name, _, formula, slope, after in rows:
        assert eval(formula, known) == pytest.approx(getattr(gradient, name))
        assert f"{getattr(gradient, name):.5f}" == slope
        assert f"{getattr(updated.network, name):.5f}" == after
    assert [name for name, *_ in rows] == list(Network._fields)


def test_ceilings_in_the_readme_are_those_of_the_formula():
    rows = table_below("## Why these blobs")
    assert len(rows) == 5
    for label, band, anything in rows:
        spread = float(label.split()[0])
        phi = NormalDist().cdf
        assert f"{two_hidden_unit_ceiling(spread):.3f}" == band
        assert f"{phi(2 / spread) ** 2 + phi(-2 / spread) ** 2:.3f}" == anything


@pytest.mark.parametrize(
    "old, new, end",
    [
        ("-w1, -w2", "w1, w2", "0.5025"),
        ("dw_x1_h1 += delta_h1 * x1", "dw_x1_h1 = 0.0", "0.8050"),
        (
            "derivatives = [derivative(output) for output in outputs]\n",
            "\\g<0>    derivatives[2] = sigmoid_derivative_from_input(outputs[2])\n",
            "0.9625",
        ),
    ],
)
def test_changes_to_try_in_the_readme_do_what_it_says(old, new, end, tmp_path, capsys):
    source, count = re.subn(re.escape(old), new, SCRIPT.read_text(encoding="utf-8"))
    changed = tmp_path / "changed.py"
    changed.write_text(source, encoding="utf-8")
    runpy.run_path(str(changed))["main"]([])
    assert count == 1 and f"accuracy {end}" in capsys.readouterr().out
    assert end in README and new.split("    ")[-1].strip() in README


def test_help_says_of_each_flag_what_the_readme_says(commands):
    status, out, err = commands["help"].result()
    assert (status, err) == (0, "")
    text = " ".join(out.split())
    rows = table_below("## Flags")
    assert len(rows) == len(re.findall(r"\(default: ", text)) == 7
    for flag, default, purpose in rows:
        assert f"{flag} {purpose} (default: {default})" in text


def test_sample_output_in_the_readme_is_what_a_run_prints(default_output):
    sample, _ = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    pattern = re.escape(sample).replace(re.escape("...\n"), r"(?:.*\n)+")
    assert re.fullmatch(pattern, default_output)


def test_last_lines_in_the_docstring_are_those_of_a_run(default_output):
    sample = xor_net.__doc__.split("`python xor_net.py`:\n\n")[1]
    assert default_output.endswith(dedent(sample))
