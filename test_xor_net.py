"""The self-check of xor_net.py: run pytest, and read the FAILED line. The tests go from
the parts to the whole, and .pytest.ini stops them at the first failure.
"""

import inspect
import re
import sys
from subprocess import PIPE, Popen

import numpy as np
import pytest

import xor_net
from xor_net import Network, accuracy, backprop, cost, forward, predict, train

pytestmark = pytest.mark.filterwarnings("error:::xor_net")  # a warning of ours fails

NETWORK = Network(0.3, -0.4, 0.2, 0.5, 0.6, -0.7, 1.1, -0.9, 0.8)  # nine different
FEATURES = np.array([[2.0, -1.0], [0.5, 1.5], [-1.0, -0.5]])
TARGETS = np.array([1.0, 0.0, 1.0])
PREDICTIONS = np.array([0.9, 0.4, 0.8])
MANY = np.random.default_rng(1).uniform(-3, 3, size=(403, 2))
MANY_TARGETS = np.where(MANY[:, 0] * MANY[:, 1] < 0, 1.0, 0.0)
for array in (FEATURES, TARGETS, PREDICTIONS, MANY, MANY_TARGETS):
    array.setflags(write=False)  # to change it in place raises an error


def test_sigmoid():
    known = {0: 0.5, 1: 0.7310585786300049, -600: 2.6503965530043e-261, -1000: 0}
    for z, output in known.items():
        assert xor_net.sigmoid(z) == pytest.approx(output, rel=1e-12, abs=0), f"z = {z}"
    assert list(xor_net.sigmoid(TARGETS)) == [xor_net.sigmoid(z) for z in TARGETS]


def test_slope():
    for output, number in {0.5: 0.25, 0.9: 0.09, 0.2: 0.16, 1.0: 0.0}.items():
        assert xor_net.slope(output) == pytest.approx(number), f"slope({output})"
    for output, number in {0.0: 0.25, 0.5: 0.2350037, 1.0: 0.1966119}.items():
        assert xor_net.mistaken_slope(output) == pytest.approx(number), "mistaken_slope"


def test_four_blobs():
    centres, targets = xor_net.four_blobs(np.random.default_rng(5), 2000, spread=0.0)
    assert (centres.shape, targets.shape) == ((8000, 2), (8000,))
    for row, target in zip(centres[::500], targets[::500]):
        x1_is_large, x2_is_large = row > centres.mean(axis=0)
        assert target == (x1_is_large != x2_is_large), f"XOR of {row}"
    rngs = (np.random.default_rng(5), np.random.default_rng(5))
    features, again = [xor_net.four_blobs(rng, 2000, spread=0.7)[0] for rng in rngs]
    assert np.array_equal(features, again), "the same seed gives the same rows"
    noise = np.cov((features - centres).T)
    assert noise == pytest.approx(0.49 * np.eye(2), abs=0.05), "spread, for x1 and x2"


def test_initial_network():
    start = xor_net.initial_network(np.random.default_rng(5))
    assert start == xor_net.initial_network(np.random.default_rng(5)), "same seed"
    assert start[0:3] + start[6:7] != start[3:6] + start[7:8], "h1 and h2 stay equal"


def test_forward():
    by_hand = Network(0.5, -0.5, -0.25, -0.5, 0.5, -0.25, 1.5, 1.5, -1.5)  # README.md
    known = {by_hand: (0.77730, 0.14805, 0.47203), NETWORK: (0.76852, 0.42556, 0.77943)}
    for network, numbers in known.items():
        outputs = forward(network, 2.0, -1.0)
        for name, output, number in zip(("h1", "h2", "prediction"), outputs, numbers):
            assert output == pytest.approx(number, abs=5e-6), f"{name} of forward"


def test_predict():
    for features in (FEATURES, MANY, MANY[:1], FEATURES.tolist()):
        known = [forward(NETWORK, x1, x2)[2] for x1, x2 in features]
        assert predict(NETWORK, features) == pytest.approx(np.array(known), rel=1e-12)
    with pytest.raises(ValueError):
        predict(NETWORK, np.ones((4, 3)))


def test_cost():
    assert xor_net.errors(PREDICTIONS, TARGETS) == pytest.approx([-0.1, 0.4, -0.2])
    message = "no mean squared error. Another cost? Then run pytest -k gradient"
    assert cost(PREDICTIONS, TARGETS) == pytest.approx(0.07, rel=1e-12), message
    with pytest.raises(ValueError, match=r"shapes differ: \(4,\), \(4, 1\)"):
        cost(np.ones(4), np.ones((4, 1)))


def test_accuracy():  # a prediction of 0.5 is never right
    right, wrong = [(0.4, 0), (0.6, 1)], [(0.6, 0), (0.4, 1), (0.5, 0), (0.5, 1)]
    for prediction, target in right + wrong:
        answer = accuracy([prediction], [target])
        assert answer == ((prediction, target) in right), f"{prediction} for {target}"
    assert accuracy(PREDICTIONS, [1.0, 1.0, 1.0]) == pytest.approx(2 / 3), "2 of 3"
    with pytest.raises(ValueError, match="shapes differ"):
        accuracy(np.ones(4), np.ones((4, 1)))


# ---- Back-propagation: each derivative against one that is measured ------------------
def measured_derivative(name, network, features, targets, step=1e-5):
    """Return how fast the cost rises with one parameter (by central differences)."""
    more = network._asdict()  # a dictionary: {"w_x1_h1": 0.3, ...}
    less = network._asdict()
    more[name] += step
    less[name] -= step
    cost_more = cost(predict(Network(**more), features), targets)
    cost_less = cost(predict(Network(**less), features), targets)
    return (cost_more - cost_less) / (2 * step)


NAMES = Network._fields
LOOK_AT = {  # for the names of the wrong derivatives
    NAMES: "all nine: the slope in delta_out; or your forward or cost differs",
    NAMES[0:6]: "w and b of h1 and h2: the slope, w_h1_out and w_h2_out",
    NAMES[0:3]: "w and b of h1: delta_h1",
    NAMES[3:6]: "w and b of h2: delta_h2",
    NAMES[6:9]: "w and b of the output unit: what comes after delta_out",
    NAMES[0:2] + NAMES[3:5] + NAMES[6:8]: "all weights: a term such as weight decay",
    NAMES[0:2] + NAMES[3:5]: "w from x1 and x2: the order of x1 and x2",
    NAMES[1:2] + NAMES[3:4]: "w_x2_h1, w_x1_h2: changed places; W1.T for W1?",
    NAMES[0:8]: "all but b_out: the order of h1 and h2",
}


def fault(found, network, features, targets):
    """Return "" if the derivatives in `found` are right, else where to look."""
    wrong, factors, table = (), [], f"\n{'':9}     backprop     measured     factor"
    for name, number in zip(NAMES, found):
        measured = measured_derivative(name, network, features, targets)
        factors.append(float(number / measured))
        table += f"\n{name:9} {number:12.6g} {measured:12.6g} {factors[-1]:10.7g}"
        if number != pytest.approx(measured, rel=1e-5, abs=1e-9):
            wrong += (name,)
            table += "  WRONG"
    look = LOOK_AT.get(wrong, ", ".join(wrong) + ": its line in the loop or the return")
    if wrong == NAMES and factors == pytest.approx([factors[0]] * 9, rel=1e-3):
        look = f"all nine by the factor {factors[0]:.4g}: sign, 2, n, learning rate"
    return look + table if wrong else ""


def test_gradient():
    large = NETWORK._replace(w_h1_out=200.0, w_h2_out=-250.0, b_out=-48.0)
    for rows, *case in (
        ("", NETWORK, FEATURES, TARGETS),
        ("A second call is wrong: set sums to 0. ", NETWORK, FEATURES, TARGETS),
        ("3 rows are right, one is not. ", large, FEATURES[:1], TARGETS[:1]),
        ("3 rows are right, 403 are not. ", NETWORK, MANY, MANY_TARGETS),
    ):
        message = fault(backprop(*case), *case)
        if message:
            pytest.fail(rows + message, pytrace=False)


# ---- Training -----------------------------------------------------------------------
def test_update():
    networks = list(train(NETWORK, MANY, MANY_TARGETS, epochs=12, learning_rate=20))
    assert networks[0] == NETWORK and len(networks) == 13, "the start and 12 updates"
    for number in range(12):
        derivatives = backprop(networks[number], MANY, MANY_TARGETS)
        known = [p - 20 * d for p, d in zip(networks[number], derivatives)]
        message = f"update {number + 1} is not before - learning rate * derivative"
        assert networks[number + 1] == pytest.approx(known, rel=1e-6), message


def run(seed, bug="none"):
    """Train as the script does, with its defaults; return all costs, and the accuracy."""
    rng = np.random.default_rng(seed)
    features, targets = xor_net.four_blobs(rng)
    networks = list(train(xor_net.initial_network(rng), features, targets, bug=bug))
    costs = [cost(predict(network, features), targets) for network in networks]
    return costs, accuracy(predict(networks[-1], features), targets)


def test_learns_from_50_seeds():
    look = "The derivatives are right: look at the start, the rate, the data."
    for seed in range(50):
        costs, final = run(seed)
        falls = all(costs[i] > costs[i + 1] for i in range(100))
        assert final > 0.9, f"accuracy {final} with seed {seed}. {look}"
        assert falls, f"the cost rises with seed {seed}. {look}"


# ---- The command line: capsys keeps what is printed ---------------------------------
def test_output(capsys):
    xor_net.main([])
    out, (costs, final) = capsys.readouterr().out, run(seed=0)
    printed = re.findall(r"\nepoch +(\d+)  cost (\S+)  accuracy \S+  #+", out)
    assert printed == [(f"{i}", f"{value:.4f}") for i, value in enumerate(costs)]
    assert out.endswith(f"\n\nLearned: accuracy {final:.4f} (must be above 0.9)\n")
    for flags in ("--spread=0 --learning-rate=1000", "--spread=100 --epochs=0"):
        xor_net.main(["--rows-per-blob=1", *flags.split()])
        assert "\nDid not learn: accuracy 0.5000 (" in capsys.readouterr().out, flags


def test_refused(capsys):
    flags = "--seed=-1 --epochs=-1 --learning-rate=0 --learning-rate=nan --spread=-0.1"
    flags += " --learning-rate=1000.1 --spread=nan --spread=100.1 --rows-per-blob=0"
    flags += " --rows-per-blob=100001 --plot=png --plot=a.doc --plot=no/folder.png"
    for flag in flags.split():
        with pytest.raises(SystemExit, match="2"):
            xor_net.main(["--epochs=0", flag])
        out, err = capsys.readouterr()
        assert not out and f"argument {flag.split('=')[0]}: must be " in err, flag


def test_a_closed_pipe_ends_a_run_quietly():
    with Popen([sys.executable, xor_net.__file__], stdout=PIPE, stderr=PIPE) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


# ---- The mistake: a backprop of your own needs none, so these tests are skipped ------
has_bug = "bug" in inspect.signature(backprop).parameters
mistake = pytest.mark.skipif(not has_bug, reason="your backprop takes no bug to try")


@mistake
def test_the_mistake_is_found():
    case = (NETWORK, FEATURES, TARGETS)
    for bug, wrong, learns in (
        ("hidden", "w and b of h1 and h2", False),
        ("output", "all nine", True),
        ("both", "all nine", False),
    ):
        message = fault(backprop(*case, bug), *case)
        assert message.startswith(wrong), f"bug {bug} makes {wrong} wrong"
        assert (run(0, bug)[1] > 0.9) == learns, f"bug {bug} learns: {learns}"


@mistake
def test_picture(tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"text.usetex": True}):  # the picture needs no LaTeX
        xor_net.main(["--bug=hidden", "--rows-per-blob=20", f"--plot={tmp_path}/a.SVG"])
        assert matplotlib.rcParams["text.usetex"], "the user's own setting"
    svg = (tmp_path / "a.SVG").read_text(encoding="utf-8")
    right, mistaken = re.findall(r"cost (0\.\d\d\d)", svg)
    assert float(right) < 0.1 < float(mistaken) and "in layer: hidden" in svg


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
