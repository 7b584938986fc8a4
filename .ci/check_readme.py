"""Hold each figure, table and quotation of README.md: an author's check, not a lesson.

Run from the project's folder: python -m pytest .ci/check_readme.py
"""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from xor_net import (
    CENTRES,
    MISTAKE,
    MISTAKES,
    RATE,
    RIGHT,
    Network,
    backprop,
    forward,
    four_blobs,
    initial_network,
    predict,
    train,
)

pytestmark = pytest.mark.filterwarnings("error")
README = Path("README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())
SCRIPT = Path("xor_net.py").read_text(encoding="utf-8")
TESTS = Path("test_xor_net.py").read_text(encoding="utf-8")


def blocks(language):
    """Return the fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def table(first_cell):
    """Return the rows of the table whose first cell is this, each a list of cells."""
    start = README.index(f"\n| {first_cell} |") + 1
    text = README[start:].split("\n\n")[0]
    rows = [line.strip("| \n").split(" | ") for line in text.splitlines()]
    return [[cell.strip("`* ") for cell in row] for row in rows if "---" not in row]


def run(folder, *arguments):
    """Run Python in a folder with warnings as errors; return its output and status."""
    command = [sys.executable, "-W", "error", *arguments]
    options = {"cwd": folder, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **options)
    return done.stdout + done.stderr, done.returncode


# ---- Many seeds at once, by arrays --------------------------------------------------
def gradient_of(network, features, targets, hidden, out):
    """Return what backprop returns, for many networks, each with rows of its own."""
    x1, x2 = features[..., 0], features[..., 1]
    h1, h2, prediction = forward(network, x1, x2)
    delta_out = 2 * (prediction - targets) / targets.shape[-1] * out(prediction)
    delta_h1 = delta_out * network.w_h1_out * hidden(h1)
    delta_h2 = delta_out * network.w_h2_out * hidden(h2)
    terms = [delta_h1 * x1, delta_h1 * x2, delta_h1, delta_h2 * x1, delta_h2 * x2]
    terms += [delta_h2, delta_out * h1, delta_out * h2, delta_out]
    return Network(*[term.sum(axis=-1, keepdims=True) for term in terms])


def train_many(
    seeds, hidden=RIGHT, out=RIGHT, start=initial_network, spread=0.7, rate=2
):
    """Train the seeds 0 to seeds - 1 for 100 epochs; return networks and accuracies."""
    rngs = [np.random.default_rng(seed) for seed in range(seeds)]
    data = [four_blobs(rng, spread=spread) for rng in rngs]
    features = np.array([rows for rows, _ in data])
    targets = np.array([answers for _, answers in data])
    network = Network(*np.transpose([start(rng) for rng in rngs])[..., None])
    for _ in range(100):
        derivatives = gradient_of(network, features, targets, hidden, out)
        network = Network(*[p - rate * d for p, d in zip(network, derivatives)])
    _, _, predictions = forward(network, features[..., 0], features[..., 1])
    return network, np.mean(np.abs(predictions - targets) < 0.5, axis=1)


def learned(*arguments, **options):
    """Return how many seeds end with an accuracy above 0.9."""
    return int(np.sum(train_many(*arguments, **options)[1] > 0.9))


def random_network(rng):
    """Return a network of nine random normal parameters."""
    return Network(*rng.normal(size=9).tolist())


def rising(a):
    """Return the slope 0.22 + 0.03 * (a - 0.27)."""
    return 0.22 + 0.03 * (a - 0.27)


def falling(a):
    """Return the slope 0.22 - 0.03 * (a - 0.27)."""
    return 0.22 - 0.03 * (a - 0.27)


def test_arrays_agree_with_the_loop():
    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    network = random_network(rng)
    for hidden, out in ((RIGHT, RIGHT), (MISTAKE, RIGHT), (RIGHT, MISTAKE)):
        loop = backprop(network, features, targets, hidden, out)
        arrays = gradient_of(network, features, targets, hidden, out)
        assert loop == pytest.approx(np.ravel(arrays))


def test_counts_of_seeds():
    counts = [
        learned(50, *slopes) for slopes in itertools.product((RIGHT, MISTAKE), repeat=2)
    ]
    right, output, hidden, both = counts
    assert f"Of 50 seeds, {right} learn with the right slope, {output} with" in PROSE
    assert (
        f"in the output layer, {hidden} in the hidden layer, {both} in both." in PROSE
    )
    assert "0.22 + 0.03 * (a - 0.27)" in PROSE and "rises: 50 learn." in PROSE
    assert "0.22 - 0.03 * (a - 0.27) falls: none learns." in PROSE
    assert (learned(50, rising), learned(50, falling)) == (50, 0)
    right = learned(1000, RIGHT, start=random_network)
    hidden = learned(1000, MISTAKE, start=random_network)
    assert (
        f"{right} of 1,000 seeds learn, and {hidden} with the hidden mistake" in PROSE
    )


def test_conditions():
    for hidden in (RIGHT, MISTAKE):
        network, _ = train_many(50, hidden)
        assert max(np.max(network.b_h1), np.max(network.b_h2)) < 0
        assert min(np.min(network.w_h1_out), np.min(network.w_h2_out)) > 0
        fell = np.all(np.array([network.w_h1_out, network.w_h2_out]) < 4)
        assert fell == (hidden is MISTAKE)


def test_the_student():
    def start(rng):
        w = rng.normal(size=6).tolist()
        return Network(w[0], w[1], 0.0, w[2], w[3], 0.0, w[4], w[5], 0.0)

    options = {"start": start, "spread": 1.0, "rate": 20}
    _, right = train_many(200, RIGHT, RIGHT, **options)
    _, both = train_many(200, MISTAKE, MISTAKE, **options)
    assert f"{np.sum(right > 0.85)} get above 0.85 with the right slope" in PROSE
    assert np.all(np.abs(both - 0.5) < 0.02) and "all stay near 0.5" in PROSE


# ---- Tables -------------------------------------------------------------------------
def test_row_by_hand():
    _, *rows = table("parameter")
    before = Network(*[float(row[1]) for row in rows])
    start, end = train(before, [[2.0, -1.0]], [1.0], epochs=1)
    derivatives = backprop(before, [[2.0, -1.0]], [1.0])
    h1, h2, prediction = forward(before, 2.0, -1.0)
    delta_out = 2 * (prediction - 1.0) * prediction * (1 - prediction)
    known = {
        "z_h1": 0.5 * 2 - 0.5 * -1 - 1,
        "z_h2": -0.5 * 2 + 0.5 * -1 - 1,
        "h1": h1,
        "h2": h2,
        "z_out": 4 * h1 + 4 * h2 - 2,
        "prediction": prediction,
        "delta_out": delta_out,
        "delta_h1": delta_out * 4 * h1 * (1 - h1),
        "delta_h2": delta_out * 4 * h2 * (1 - h2),
        "x1": 2,
        "x2": -1,
    }
    lines = re.findall(
        r"^(\w+) +=.*?(?:\n +=.*?)?= +(-?\d\.\d{5})$", README, re.MULTILINE
    )
    assert len(lines) == 9
    for name, value in lines:
        assert f"{known[name]:.5f}" == value, name
    for row, name in zip(rows, Network._fields):
        derivative = getattr(derivatives, name)
        after = getattr(end.network, name)
        product = np.prod([known[factor] for factor in row[2].split(" * ")])
        assert product == pytest.approx(derivative), name
        assert [row[0], *row[3:]] == [name, f"{derivative:.5f}", f"{after:.5f}"]
    new = forward(end.network, 2.0, -1.0)[2]
    assert f"prediction is {new:.4f}. It was {prediction:.4f}," in PROSE
    assert run(".", "-c", blocks("python")[0]) == (f"{start}\n{end}\n", 0)


EXAMPLE = Network(-0.15, 0.05, -1.0, 0.15, -0.05, -1.0, 4.0, 4.0, -2.0)


def test_four_rows():
    for target, row, *cells in table("target")[1:]:
        x1, x2 = map(float, row.split(", "))
        h1, _, _ = forward(EXAMPLE, x1, x2)
        assert (x1 * x2 < 0) == float(target)
        assert cells == [f"{value:.3f}" for value in (h1, RIGHT(h1), MISTAKE(h1))]
    assert README.count("**0.") == 4


def test_gaps():
    features, targets = four_blobs(np.random.default_rng(0), 1, 0.0)
    for column, hidden in ((1, RIGHT), (2, MISTAKE)):
        network = EXAMPLE
        gaps = {"gap of target 0": [], "gap of target 1": []}
        for epoch in range(51):
            h1, _, _ = forward(network, *features.T)
            if epoch in (0, 10, 50):
                gaps["gap of target 0"].append(f"{abs(h1[0] - h1[1]):.3f}")
                gaps["gap of target 1"].append(f"{abs(h1[2] - h1[3]):.3f}")
            derivatives = backprop(network, features, targets, hidden)
            network = Network(*[p - RATE * d for p, d in zip(network, derivatives)])
        for row in table("trained on these four rows")[1:]:
            if row[0].startswith("gap"):
                assert row[column].split(", ") == gaps[row[0][:15]]


def test_ceilings():
    phi = NormalDist().cdf
    spreads, ceilings = table("spread")
    for spread, ceiling in zip(spreads[1:], ceilings[1:]):
        d = 2 * np.sqrt(2) / float(spread)
        ts = np.arange(0, d, 0.001)
        best = max((2 * phi(t) - 1 + phi(d - t) + phi(-d - t)) / 2 for t in ts)
        assert ceiling == f"{best:.3f}"


# ---- Quotations and things to try ---------------------------------------------------
def test_sample():
    sample = re.escape(blocks("text")[0]).replace(re.escape("...\n"), r"(?:.*\n)+")
    out, status = run(".", "xor_net.py")
    assert re.fullmatch(sample, out) and status == 0


def test_what_a_run_prints_after_its_epochs():
    out, _ = run(".", "xor_net.py", "--bug")
    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    start = initial_network(rng)
    *_, last = train(start, features, targets, gradient=MISTAKES["both"])
    epochs, parameters, centres, _ = out.split("\n\n")
    bars = [line.count("#") for line in epochs.splitlines()[2:]]
    assert bars[-1] == round(100 * last.cost) and len(bars) == 101
    cells = parameters.split()
    assert cells[4::3] == [f"{before:.4g}" for before in start]
    assert cells[5::3] == [f"{after:.4g}" for after in last.network]
    predictions = predict(last.network, CENTRES)
    assert centres.split()[7::4] == [f"{answer:.4f}" for answer in predictions]


def test_the_quoted_check():
    assert blocks("python")[1] in TESTS


def changed(folder, changes):
    """Write a copy of the project into a folder, with changes in xor_net.py."""
    script = SCRIPT
    for old, new in changes:
        assert script.count(old) == 1, old
        script = script.replace(old, new)
    (folder / "xor_net.py").write_text(script, encoding="utf-8")
    (folder / "test_xor_net.py").write_text(TESTS, encoding="utf-8")


def last_accuracy(folder, *flags):
    """Return the accuracy that a run prints in its last epoch."""
    out, _ = run(folder, "xor_net.py", *flags)
    return re.findall(r"^epoch.*accuracy (\S+)", out, re.MULTILINE)[-1]


CHANGE = r"`([^`]+)`\s+to\s+`([^`]+)`"


def test_the_weak_and_the_strong_check(tmp_path):
    section = README.split("## How the check")[1].split("\n## ")[0]
    changed(tmp_path, re.findall(CHANGE, section))
    out, _ = run(tmp_path, "xor_net.py")
    costs = re.findall(r"cost (\S+)", out)
    assert costs == sorted(costs, reverse=True) and "\nLearned" in out
    out, _ = run(tmp_path, "-m", "pytest", "-p", "no:cacheprovider")
    first = re.search(r"^FAILED \S+", out, re.MULTILINE)[0]
    assert first.split("::")[1] in PROSE


def test_things_to_try(tmp_path):
    items = re.split(r"\n\d\. ", README.split("\n## Try it")[1])[1:]
    seen = 0
    for item in items:
        changes = re.findall(CHANGE, item)
        flags = ["--bug", "hidden"] if "--bug" in item or "MISTAKE" in item else []
        ends = re.search(r"ends\s+at\s+(\d\.\d{3})", item)
        if ends:
            changed(tmp_path, changes)
            assert last_accuracy(tmp_path, *flags) == ends[1]
            seen += 1
        if "passes" in item:
            command = ["-m", "pytest", "-k", "gradient", "-p", "no:cacheprovider"]
            out, status = run(tmp_path, *command)
            assert status == 0 and "9 passed" in out
    for formula in ("3 * a * (1 - a)", "0.22 + 0 * a"):
        changed(
            tmp_path, [("= sigmoid_derivative_from_input ", f"= lambda a: {formula} ")]
        )
        assert f"`{formula}`" in README
        assert (
            f"{last_accuracy(tmp_path, '--bug', 'hidden')} ("
            in README.split("Answers")[1]
        )
    assert seen == 4
