"""Check xor_net.py: run pytest. The first failure is the nearest to the fault."""

import inspect
import re

import numpy as np
import pytest

import xor_net
from xor_net import Network, accuracy, backprop, cost, errors, forward, predict, train

pytestmark = pytest.mark.filterwarnings("default", "error:::xor_net")  # only ours fail

NETWORK = Network(0.3, -0.4, 0.2, 0.5, 0.6, -0.7, 1.1, -0.9, 0.8)  # nine different
FEATURES = np.array([[2.0, -1.0], [0.5, 1.5], [-1.0, -0.5]])
TARGETS = np.array([1.0, 0.0, 1.0])
PREDICTIONS = np.array([0.9, 0.4, 0.8])
MANY = np.random.default_rng(1).uniform(-3, 3, size=(403, 2))
MANY_TARGETS = np.where(MANY[:, 0] * MANY[:, 1] < 0, 1.0, 0.0)
for array in (FEATURES, TARGETS, PREDICTIONS, MANY, MANY_TARGETS):
    array.setflags(write=False)  # a function that changes its argument raises an error


def test_sigmoid():
    for z, output in {0: 0.5, 1: 0.7310585786300049, -1000: 0, 1000: 1}.items():
        assert float(xor_net.sigmoid(z)) == pytest.approx(output, rel=1e-12), f"z = {z}"
    assert list(xor_net.sigmoid(TARGETS)) == [xor_net.sigmoid(z) for z in TARGETS]


def test_slope():
    for output, right, wrong in ((0.05, 0.0475, 0.249844), (1.0, 0.0, 0.196612)):
        assert xor_net.slope(output) == pytest.approx(right), f"slope({output})"
        assert xor_net.mistaken_slope(output) == pytest.approx(wrong, abs=1e-6)


def test_four_blobs():
    centres, targets = xor_net.four_blobs(np.random.default_rng(5), 2000, spread=0.0)
    assert targets.shape == (8000,) and len(np.unique(centres, axis=0)) == 4, "shapes"
    is_large = centres > centres.mean(axis=0)
    assert np.array_equal(targets, is_large[:, 0] != is_large[:, 1]), "XOR"
    features, same = xor_net.four_blobs(np.random.default_rng(5), 2000, spread=0.7)
    again, _ = xor_net.four_blobs(np.random.default_rng(5), 2000, spread=0.7)
    other, _ = xor_net.four_blobs(np.random.default_rng(6), 2000, spread=0.7)
    assert np.array_equal(features, again), "the same seed gives the same rows"
    assert not np.array_equal(features, other), "another seed gives other rows"
    assert np.array_equal(targets, same), "the noise does not change the targets"
    noise = np.cov((features - centres).T)
    assert noise == pytest.approx(0.49 * np.eye(2), abs=0.05), "spread, for x1 and x2"


def test_initial_network():
    start = xor_net.initial_network(np.random.default_rng(5))
    assert start == xor_net.initial_network(np.random.default_rng(5)), "same seed"
    assert all(isinstance(p, float) for p in Network(*start)), "not nine numbers"
    assert start[0:3] + start[6:7] != start[3:6] + start[7:8], "h1 and h2 stay equal"


def test_forward():
    by_hand = Network(0.5, -0.5, -0.25, -0.5, 0.5, -0.25, 1.5, 1.5, -1.5)  # README.md
    ends = Network(0.0, 0.0, -40.0, 0.0, 0.0, 40.0, 0.0, 0.0, -50.0)
    known = ((0.7773, 0.14805, 0.47203), (0.76852, 0.42556, 0.77943), (0, 1, 0))
    for network, numbers in zip((by_hand, NETWORK, ends), known):
        outputs = forward(network, 2.0, -1.0)
        for name, output, number in zip(("h1", "h2", "prediction"), outputs, numbers):
            assert output == pytest.approx(number, abs=5e-6), f"{name} of forward"


def test_predict():
    for features in (FEATURES, MANY, MANY[:1], FEATURES.tolist()):
        known = np.array([forward(NETWORK, x1, x2)[2] for x1, x2 in features])
        differences = np.abs(predict(NETWORK, features) - known)
        assert max(differences) < 1e-12, f"{len(features)} rows of predict"
    with pytest.raises(ValueError):
        predict(NETWORK, np.ones((4, 3)))


def test_errors():
    assert errors(PREDICTIONS, TARGETS) == pytest.approx([-0.1, 0.4, -0.2], rel=1e-12)


def test_cost():
    message = "no mean squared error. Another cost? Then run pytest -k gradient"
    assert cost(PREDICTIONS, TARGETS) == pytest.approx(0.07, rel=1e-12), message
    with pytest.raises(ValueError, match=r"shapes differ: \(4,\), \(4, 1\)"):
        cost(np.ones(4), np.ones((4, 1)))


def test_accuracy():  # a prediction of 0.5 is never right
    right, wrong = [(0.499, 0), (0.501, 1)], [(0.6, 0), (0.4, 1), (0.5, 0), (0.5, 1)]
    for p, target in right + wrong:
        is_right = (p, target) in right
        assert accuracy([p], [target]) == is_right, f"prediction {p}, target {target}"
    assert accuracy(MANY_TARGETS, np.ones(403)) == np.mean(MANY_TARGETS), "of 403 rows"
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
    (): "nothing else",
    NAMES: "all nine: delta_out, or not every row is added; or forward or cost differs",
    NAMES[0:6]: "w and b of h1 and h2: the slope, w_h1_out and w_h2_out",
    NAMES[0:3]: "w and b of h1: delta_h1",
    NAMES[3:6]: "w and b of h2: delta_h2",
    NAMES[6:9]: "w and b of the output unit: the lines that use delta_out",
    NAMES[0:2] + NAMES[3:5] + NAMES[6:8]: "all weights: a term such as weight decay",
    NAMES[1:2] + NAMES[3:4]: "w_x2_h1, w_x1_h2: changed places? W1.T for W1?",
    NAMES[0:8]: "all but b_out: the order of h1 and h2",
}


def differs(factors, known):
    """Return the names of the factors that are not the known one."""
    is_known = np.isclose(factors, known, rtol=1e-5, atol=0)
    return tuple(name for name, same in zip(NAMES, is_known) if not same)


def fault(found, network, features, targets):
    """Return "" if the derivatives in `found` are right, else where to look."""
    factors, table = [], f"\n{'':9}     backprop     measured     factor"
    for name, number in zip(NAMES, Network(*found)):
        measured = measured_derivative(name, network, features, targets)
        factors.append(float(np.divide(number, measured)))
        mark = "  WRONG" if abs(factors[-1] - 1) > 1e-5 else ""
        table += f"\n{name:9} {number:12.6g} {measured:12.6g} {factors[-1]:10.7g}{mark}"
    frequent = min(factors, key=lambda factor: len(differs(factors, factor)))
    wrong, rest = differs(factors, 1.0), differs(factors, frequent)
    if len(wrong) == 9 and len(rest) < 7:
        look = f"all nine by the factor {frequent:.4g} (sign, 2, n, rate; 0: no update)"
        return f"{look}, and {LOOK_AT.get(rest, ', '.join(rest))}{table}"
    look = LOOK_AT.get(wrong, ", ".join(wrong) + ": its own line, its place in return")
    return look + table if wrong else ""


def test_gradient():
    large = NETWORK._replace(w_h1_out=200.0, w_h2_out=-250.0, b_out=-48.0)
    for when, *case in (
        ("", NETWORK, FEATURES, TARGETS),
        ("A second call is wrong: set sums to 0. ", NETWORK, FEATURES, TARGETS),
        ("Wrong for 1 row, large weights. ", large, FEATURES[:1], TARGETS[:1]),
        ("Wrong for more than 3 rows. ", NETWORK, MANY, MANY_TARGETS),
    ):
        message = fault(backprop(*case), *case)
        if message:
            pytest.fail(when + message, pytrace=False)


def test_update():
    networks = list(train(NETWORK, MANY, MANY_TARGETS, epochs=12, learning_rate=20))
    assert networks[0] == NETWORK and len(networks) == 13, "the start and 12 updates"
    for number in range(12):
        gradient = backprop(networks[number], MANY, MANY_TARGETS)
        known = [p - 20 * d for p, d in zip(networks[number], gradient)]
        message = f"update {number + 1} is not before - learning rate * derivative"
        assert networks[number + 1] == pytest.approx(known, rel=1e-6), message


def run(*flags):
    """Train as the script does; return all costs and all accuracies."""
    _, args = xor_net.read_flags(flags)
    rng = np.random.default_rng(args.seed)
    features, targets = xor_net.four_blobs(rng, args.rows_per_blob, args.spread)
    setup = (xor_net.initial_network(rng), features, targets)
    networks = train(*setup, args.epochs, args.learning_rate, args.bug)
    found = [predict(network, features) for network in networks]
    return [cost(p, targets) for p in found], [accuracy(p, targets) for p in found]


def test_learns():
    look = "look at the start, the data, RATE, EPOCHS: the derivatives are right."
    for seed in range(50):
        costs, accuracies = run(f"--seed={seed}")
        assert accuracies[-1] > 0.9, f"{look} The accuracy is too low, seed {seed}"
        assert max(np.diff(costs)) < 0, f"{look} The cost rises, seed {seed}"


def test_main(capsys):
    other = "--seed=3 --rows-per-blob=7 --spread=1.5 --epochs=5 --learning-rate=0.5"
    for flags in ("", other, "--rows-per-blob=1 --spread=100 --learning-rate=1000"):
        costs, accuracies = run(*flags.split())
        xor_net.main(flags.split())
        out = capsys.readouterr().out
        lines = [f"cost {c:.4f}  accuracy {a:.4f}" for c, a in zip(costs, accuracies)]
        assert re.findall(r"cost \S+  accuracy \S+", out) == lines, f"flags {flags}"
        verdict = "Learned" if accuracies[-1] > 0.9 else "Did not learn"
        assert f"\n{verdict}: accuracy {accuracies[-1]:.4f} (" in out, f"flags {flags}"


REFUSED = """--seed=-1 --epochs=-1 --learning-rate=0 --learning-rate=nan --learning-rate=1001
    --spread=-0.1 --spread=101 --rows-per-blob=0 --rows-per-blob=100001 --plot=png"""


@pytest.mark.parametrize("flag", REFUSED.split())
def test_refused(flag, capsys):  # capsys keeps what is printed
    with pytest.raises(SystemExit, match="2"):
        xor_net.main(["--epochs=0", flag])
    assert f"argument {flag.split('=')[0]}: must be " in capsys.readouterr().err


# ---- The mistake: skipped if backprop is your own, without a bug to try --------------
has_bug = "bug" in inspect.signature(backprop).parameters
mistake = pytest.mark.skipif(not has_bug, reason="your backprop takes no bug to try")


@mistake
def test_the_mistake_is_found():
    case = (NETWORK, FEATURES, TARGETS)
    for bug, wrong in (("hidden", "h1 and h2"), ("output", "nine"), ("both", "nine")):
        message = fault(backprop(*case, bug), *case)
        assert wrong in message, f"with bug {bug} the wrong ones are not {wrong}"
        learns = run("--rows-per-blob=40", f"--bug={bug}")[1][-1] > 0.9
        assert learns == (bug == "output"), f"bug {bug}; or the data, or the start?"


@mistake
def test_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    pytest.importorskip("matplotlib")
    xor_net.main(["--bug", "--rows-per-blob=20", f"--plot={tmp_path}/a.SVG"])
    right, _ = run("--rows-per-blob=20")
    mistaken, _ = run("--rows-per-blob=20", "--bug=both")
    assert f"  cost {mistaken[-1]:.4f}  " in capsys.readouterr().out, "--bug of main"
    titles = re.findall(r"cost (0\.\d+)", (tmp_path / "a.SVG").read_text("utf-8"))
    assert titles == [f"{right[-1]:.3f}", f"{mistaken[-1]:.3f}"]


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__]))
