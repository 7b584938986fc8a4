"""The self-check of xor_net.py: run pytest, and read the first FAILED line.

The tests go from the parts to the whole, so the first FAILED line is the nearest to the
fault. If it is test_gradient, all its FAILED lines show where to look in backprop:

    one parameter alone               its own line in the loop
    the three of h1, or of h2         the line of delta_h1, or of delta_h2
    all nine                          the line of delta_out, or n
"""

import sys
from subprocess import PIPE, Popen

import matplotlib
import numpy as np
import pytest

import xor_net
from xor_net import MISTAKES, Network, accuracy, backprop, cost, forward, predict, train

pytestmark = pytest.mark.filterwarnings("error")  # a warning is a failure

NETWORK = Network(0.3, -0.4, 0.2, 0.5, 0.6, -0.7, 1.1, -0.9, 0.8)  # nine different
FEATURES = [[2.0, -1.0], [0.5, 1.5], [-1.0, -0.5]]
TARGETS = [1.0, 0.0, 1.0]
NAMES = Network._fields[6:] + Network._fields[:6]  # the output unit's three first


def test_sigmoid():
    known = {0: 0.5, 1: 0.7310586, -1: 0.2689414, -1000: 0, 1000: 1, -np.inf: 0}
    for z, output in known.items():
        assert xor_net.sigmoid(z) == pytest.approx(output), f"z = {z}"


def test_sigmoid_derivative_from_output():
    for output, slope in {0.5: 0.25, 0.9: 0.09, 0.2: 0.16, 1.0: 0.0}.items():
        found = xor_net.sigmoid_derivative_from_output(output)
        assert found == pytest.approx(slope), f"output {output}"


def test_sigmoid_derivative_from_input():
    for z in (-3.0, -0.4, 0.0, 1.0):
        rise = xor_net.sigmoid(z + 1e-5) - xor_net.sigmoid(z - 1e-5)
        assert xor_net.sigmoid_derivative_from_input(z) == pytest.approx(rise / 2e-5), z


def test_four_blobs():
    centres, targets = xor_net.four_blobs(np.random.default_rng(5), 3, spread=0.0)
    assert targets.shape == (12,)
    for (x1, x2), target in zip(centres, targets):
        assert (target == 1) == (x1 * x2 < 0), f"target {target} at {x1}, {x2}"
    assert centres[::3].tolist() == [[-2, -2], [2, 2], [-2, 2], [2, -2]]
    features, _ = xor_net.four_blobs(np.random.default_rng(5), 3, spread=0.7)
    expected = centres + 0.7 * np.random.default_rng(5).standard_normal((12, 2))
    assert np.abs(features - expected).max() < 1e-12, "centres plus noise of seed 5"


def test_initial_network():
    start = xor_net.initial_network(np.random.default_rng(5))
    w1, w2 = 0.1 * np.random.default_rng(5).standard_normal(2)
    known = Network(w1, w2, -1.0, -w1, -w2, -1.0, 4.0, 4.0, -2.0)
    for name, found, right in zip(Network._fields, start, known):
        assert found == pytest.approx(right), f"{name} of initial_network"


def test_forward():
    by_hand = Network(0.5, -0.5, -1.0, -0.5, 0.5, -1.0, 4.0, 4.0, -2.0)  # in README.md
    known = {by_hand: (0.62246, 0.07586, 0.68853), NETWORK: (0.76852, 0.42556, 0.77943)}
    for network, numbers in known.items():
        outputs = forward(network, 2.0, -1.0)
        for name, output, number in zip(("h1", "h2", "prediction"), outputs, numbers):
            assert output == pytest.approx(number, abs=5e-6), f"{name} of forward"


def test_predict():
    known = [float(forward(NETWORK, x1, x2)[2]) for x1, x2 in FEATURES]
    assert predict(NETWORK, FEATURES).tolist() == pytest.approx(known)
    with pytest.raises(ValueError):
        predict(NETWORK, np.ones((4, 3)))


def test_cost():
    assert xor_net.errors(0.9, 1.0) == pytest.approx(-0.1), "errors"
    assert cost([0.1, 0.6, 0.8], [0.0, 1.0, 1.0]) == pytest.approx(0.07)
    with pytest.raises(ValueError, match=r"shapes differ: \(4,\), \(4, 1\)"):
        cost(np.ones(4), np.ones((4, 1)))


def test_accuracy():  # a prediction of 0.5 is never right
    assert accuracy([0.4, 0.6, 0.6, 0.5, 0.5], [0.0, 0.0, 1.0, 0.0, 1.0]) == 0.4
    with pytest.raises(ValueError, match="shapes differ"):
        accuracy(np.ones(4), np.ones(1))


# ---- Back-propagation: parametrize runs a test once for each name -------------------
def cost_with(name, change):
    """Return the cost after one parameter of NETWORK has been changed."""
    parameters = list(NETWORK)
    parameters[Network._fields.index(name)] += change
    return cost(predict(Network(*parameters), FEATURES), TARGETS)


def measured_derivative(name, step=1e-5):
    """Return how fast the cost rises with one parameter (by central differences)."""
    return (cost_with(name, step) - cost_with(name, -step)) / (2 * step)


@pytest.mark.parametrize("name", NAMES)
def test_gradient(name):
    found = getattr(backprop(NETWORK, FEATURES, TARGETS), name)
    measured = measured_derivative(name)
    message = f"{name}: backprop returns {found:.6f}, but measured is {measured:.6f}"
    assert found == pytest.approx(measured, rel=1e-6), message


@pytest.mark.parametrize("layer", MISTAKES)
def test_check_finds_the_mistake(layer):
    gradient = MISTAKES[layer](NETWORK, FEATURES, TARGETS)
    for name, found in gradient._asdict().items():
        is_right = found == pytest.approx(measured_derivative(name), rel=1e-6)
        assert is_right == (layer == "hidden" and "out" in name), name


@pytest.mark.parametrize("number", [1, 2])
def test_update(number):
    epochs = list(train(NETWORK, FEATURES, TARGETS, epochs=2, learning_rate=0.3))
    before, after = epochs[number - 1].network, epochs[number].network
    derivatives = backprop(before, FEATURES, TARGETS)
    for name, old, derivative, new in zip(Network._fields, before, derivatives, after):
        assert new == pytest.approx(old - 0.3 * derivative), f"update of {name}"


def test_train():
    features = np.array(FEATURES)
    epochs = list(train(NETWORK, features, TARGETS, epochs=2))
    assert [epoch.number for epoch in epochs] == [0, 1, 2]
    assert epochs[0].network == NETWORK, "the first epoch is before any update"
    for epoch in epochs:
        predictions = predict(epoch.network, FEATURES)
        assert epoch.cost == cost(predictions, TARGETS)
        assert epoch.accuracy == accuracy(predictions, TARGETS)
    assert features.tolist() == FEATURES, "train has changed its features"
    with pytest.raises(ValueError):
        backprop(NETWORK, FEATURES, TARGETS[:2])


def run(seed, gradient=backprop):
    """Train as the script does, with its defaults; return all epochs."""
    rng = np.random.default_rng(seed)
    features, targets = xor_net.four_blobs(rng)
    start = xor_net.initial_network(rng)
    return list(train(start, features, targets, gradient=gradient))


def test_learns_so_that_cost_falls_at_each_epoch():
    epochs = run(seed=0)
    for epoch in epochs[1:]:
        assert epoch.cost < epochs[epoch.number - 1].cost, f"epoch {epoch.number}"


def test_learns_from_50_seeds():
    for seed in range(50):
        assert run(seed)[100].accuracy > 0.9, f"seed {seed}"


def test_learns_only_without_the_mistake_in_the_hidden_layer():
    for layer in ("hidden", "both"):
        assert run(0, MISTAKES[layer])[100].accuracy < 0.9, layer


# ---- The command line: capsys keeps what is printed, tmp_path is an empty folder ----
def test_defaults(capsys):
    xor_net.read_flags(["--rows-per-blob=100000", "--plot=a.pdf"])  # no error: allowed
    assert xor_net.read_flags(["--plot"])[1].plot == "xor_net.png"
    xor_net.main([])
    out, last = capsys.readouterr().out, run(seed=0)[-1]
    assert out.split("\n")[0] == "400 rows, spread 0.7, seed 0, learning rate 2.0"
    assert f"\nepoch 100  cost {last.cost:.4f}  accuracy 0.968  ####\n\n" in out
    assert f"\nb_out              -2  {last.network.b_out:10.4g}\n\n" in out


@pytest.mark.parametrize(
    "flag, values, message",
    [
        ("--seed", "-1", "must be a whole number >= 0"),
        ("--epochs", "-1", "must be a whole number >= 0"),
        ("--learning-rate", "0 -2 nan inf 1000.1", "must be above 0, at most 1000"),
        ("--spread", "-0.1 nan inf 100.1", "must be from 0 to 100"),
        ("--rows-per-blob", "0 -5 100001", "must be from 1 to 100000"),
        ("--rows-per-blob", "2.5", "invalid int value"),
        ("--bug", "hiden", "invalid choice"),
        ("--plot", "png a.doc a.png/", "must be a .png, .svg or .pdf file"),
        ("--plot", "no/such/folder.png", "[Errno 2]"),
    ],
)
def test_refused(flag, values, message, capsys):
    for value in values.split():
        with pytest.raises(SystemExit) as end:
            xor_net.main(["--epochs=0", f"{flag}={value}"])
        out, err = capsys.readouterr()
        assert end.value.code == 2 and not out
        assert f"argument {flag}: {message}" in err


@pytest.mark.parametrize(
    "flags, printed",
    [
        ("--bug", "0.0375"),
        ("--bug=output --learning-rate=0.5", "0.9650"),
        ("--seed=20 --rows-per-blob=5 --spread=1 --epochs=20", "0.9000"),
        ("--rows-per-blob=1 --spread=0 --learning-rate=1000", "0.5000"),
        ("--rows-per-blob=9 --spread=100 --learning-rate=1e-9 --epochs=0", "0.5000"),
    ],
)
def test_allowed(flags, printed, capsys):
    xor_net.main(flags.split())
    verdict = "Learned" if float(printed) > 0.9 else "Did not learn"
    assert f"\n{verdict}: accuracy {printed} (" in capsys.readouterr().out


def test_a_closed_pipe_ends_a_run_quietly():
    command = [sys.executable, "-E", "-W", "error", xor_net.__file__]
    with Popen(command, stdout=PIPE, stderr=PIPE) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


def test_picture(tmp_path):
    picture = tmp_path / "run.SVG"
    with matplotlib.rc_context({"text.usetex": True}):  # the picture needs no LaTeX
        xor_net.main(["--bug=hidden", f"--plot={picture}"])
        assert matplotlib.rcParams["text.usetex"], "the user's own setting"
    svg = picture.read_text(encoding="utf-8")
    for gradient in (backprop, MISTAKES["hidden"]):
        assert f"accuracy {run(0, gradient)[-1].accuracy:.3f}" in svg
    assert "mistake (layer: hidden)" in svg


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
