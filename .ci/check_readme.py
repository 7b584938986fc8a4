"""Hold each figure and quotation of README.md, the picture and the pipe: for authors.

Run from the project's folder: python -m pytest .ci/check_readme.py
"""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from statistics import NormalDist

import matplotlib.figure
import numpy as np
import pytest

from xor_net import (
    CENTRES,
    EPOCHS,
    RATE,
    SLOPES,
    SPREAD,
    Network,
    backprop,
    cost,
    forward,
    four_blobs,
    initial_network,
    main,
    mistaken_slope,
    predict,
    read_flags,
    sigmoid,
    slope,
    train,
)

pytestmark = pytest.mark.filterwarnings("error:::xor_net")
README = Path("README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())
SCRIPT = Path("xor_net.py").read_text(encoding="utf-8")
TESTS = Path("test_xor_net.py").read_text(encoding="utf-8")
INI = Path(".pytest.ini").read_text(encoding="utf-8")


def says(*sentences):
    """Fail unless README.md has each of these, whatever its line breaks."""
    for sentence in sentences:
        assert sentence in PROSE, sentence


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


def check(folder, *arguments):
    """Run pytest on the copy of the project in a folder; return its output."""
    plugins = [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
    ]  # in the order of the file
    command = ["-m", "pytest", *plugins, *arguments]
    options = {"cwd": folder, "capture_output": True, "text": True}
    return subprocess.run([sys.executable, *command], check=False, **options).stdout


def copy(folder, script):
    """Write a copy of the project, with another xor_net.py, into a folder."""
    (folder / "xor_net.py").write_text(script, encoding="utf-8")
    (folder / "test_xor_net.py").write_text(TESTS, encoding="utf-8")
    (folder / ".pytest.ini").write_text(INI, encoding="utf-8")


def changed(folder, changes):
    """Write a copy of the project into a folder, with changes in xor_net.py."""
    script = SCRIPT
    for old, new in changes:
        assert script.count(old) == 1, old
        script = script.replace(old, new)
    copy(folder, script)


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


def students_network(rng):
    """Return the student's start: weights normal, biases 0."""
    w = rng.normal(size=6).tolist()
    return Network(w[0], w[1], 0.0, w[2], w[3], 0.0, w[4], w[5], 0.0)


OURS = {"start": initial_network, "spread": SPREAD, "rate": RATE}
STUDENTS = {"start": students_network, "spread": 1.0, "rate": 20.0}


def data(seeds, spread, start):
    """Return features, targets and first networks of the seeds 0 to seeds - 1."""
    rngs = [np.random.default_rng(seed) for seed in range(seeds)]
    blobs = [four_blobs(rng, spread=spread) for rng in rngs]
    features = np.array([rows for rows, _ in blobs])
    targets = np.array([answers for _, answers in blobs])
    return features, targets, [start(rng) for rng in rngs]


def train_many(seeds, hidden, out, start, spread, rate, epochs=EPOCHS):
    """Train the seeds 0 to seeds - 1; return accuracies, costs and predictions."""
    features, targets, networks = data(seeds, spread, start)
    network = Network(*np.transpose(networks)[..., None])
    for _ in range(epochs):
        derivatives = gradient_of(network, features, targets, hidden, out)
        network = Network(*[p - rate * d for p, d in zip(network, derivatives)])
    _, _, predictions = forward(network, features[..., 0], features[..., 1])
    errors = predictions - targets
    accuracies = np.mean(np.abs(errors) < 0.5, axis=1)
    return accuracies, np.mean(errors**2, axis=1), predictions


def students_with_hidden_units(seeds, units):
    """Train networks of any number of hidden units in the student's setting."""

    def start(rng):
        return rng.normal(size=(2, units)), rng.normal(size=(units, 1))

    x, y, weights = data(seeds, 1.0, start)
    w1 = np.array([w for w, _ in weights])
    w2 = np.array([w for _, w in weights])
    b1, b2, y = np.zeros((seeds, 1, units)), np.zeros((seeds, 1, 1)), y[..., None]
    for _ in range(EPOCHS):
        h = sigmoid(x @ w1 + b1)
        prediction = sigmoid(h @ w2 + b2)
        delta = 2 * (prediction - y) / y.shape[1] * slope(prediction)
        delta_h = delta @ w2.transpose(0, 2, 1) * slope(h)
        w2 = w2 - 20 * h.transpose(0, 2, 1) @ delta
        w1 = w1 - 20 * x.transpose(0, 2, 1) @ delta_h
        b2 = b2 - 20 * delta.sum(axis=1, keepdims=True)
        b1 = b1 - 20 * delta_h.sum(axis=1, keepdims=True)
    prediction = sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2)
    return np.mean(np.abs(prediction - y) < 0.5, axis=(1, 2))


def test_arrays_agree_with_the_loop():
    features, targets = four_blobs(np.random.default_rng(0))
    network = Network(*np.random.default_rng(1).normal(size=9).tolist())
    for bug, slopes in SLOPES.items():
        loop = backprop(network, features, targets, bug)
        arrays = gradient_of(network, features, targets, *slopes)
        assert loop == pytest.approx(np.ravel(arrays))


def test_seeds_0_to_49():
    learn = {}
    for bug, slopes in SLOPES.items():
        accuracies, costs, _ = train_many(50, *slopes, **OURS)
        learn[bug] = np.sum(accuracies > 0.9)
        if bug in ("both", "hidden"):
            assert 0.23 < costs.min() < costs.max() < 0.26
    assert learn == {"none": 50, "hidden": 0, "output": 50, "both": 0}


def mix(middle, ends, low=0.3, high=0.7):
    """Return a slope: one formula from low to high, the other one outside."""

    def mixed(output):
        in_the_middle = (output >= low) & (output <= high)
        return np.where(in_the_middle, middle(output), ends(output))

    return mixed


def test_middle_and_ends():
    says("one formula for outputs from 0.3 to 0.7 (or 0.1 to 0.9: much the same), the")
    says("Seeds that learn, of 200:")
    formulas = {"right slope": slope, "mistake": mistaken_slope}
    rows = table("in the middle")[1:]
    pairs = [tuple(row[:2]) for row in rows]
    assert sorted(pairs) == sorted(itertools.product(formulas, repeat=2))
    for middle, ends, ours, students in rows:
        mixed = mix(formulas[middle], formulas[ends])
        accuracies, *_ = train_many(200, mixed, slope, **OURS)
        assert np.sum(accuracies > 0.9) == int(ours), (middle, ends)
        accuracies, *_ = train_many(200, mixed, slope, **STUDENTS)
        assert np.sum(accuracies > 0.85) == int(students), (middle, ends)
        mixed = mix(formulas[middle], formulas[ends], 0.1, 0.9)
        accuracies, *_ = train_many(200, mixed, slope, **OURS)
        assert np.sum(accuracies > 0.9) == int(ours), (middle, ends)
        accuracies, *_ = train_many(200, mixed, slope, **STUDENTS)
        assert abs(np.sum(accuracies > 0.85) - int(students)) <= 7, (middle, ends)


def test_learning_rate_1():
    says("(At rate 1 it delays ours.)")
    slow = {**OURS, "rate": 1.0}
    right, *_ = train_many(200, slope, slope, **slow)
    middle, *_ = train_many(200, mix(mistaken_slope, slope), slope, **slow)
    assert np.sum(right > 0.9) > 150 and np.sum(middle > 0.9) < 50
    middle, *_ = train_many(40, mix(mistaken_slope, slope), slope, **slow, epochs=1000)
    assert np.sum(middle > 0.9) == 40


def test_output_layer():
    ours, *_ = train_many(200, slope, mistaken_slope, **OURS)
    students, *_ = train_many(200, slope, mistaken_slope, **STUDENTS)
    right, *_ = train_many(200, slope, slope, **STUDENTS)
    says(
        f"With it in the output layer only, {np.sum(ours > 0.9)} of ours learn,",
        f"{np.sum(students > 0.85)} (not {np.sum(right > 0.85)}) of the student's.",
    )


def test_students_predictions_jump_together():
    says(
        "the student's predictions jump together across 0.5 at each update: accuracy 0.5,"
    )
    means = []
    for epochs in (99, 100):
        options = {**STUDENTS, "epochs": epochs}
        _, costs, predictions = train_many(200, *SLOPES["both"], **options)
        assert costs.min() > 0.3 and predictions.std(axis=1).max() < 0.06
        means.append(predictions.mean(axis=1) - 0.5)
    assert np.all(means[0] * means[1] < 0)


def test_stuck_with_the_right_slope():
    accuracies, *_ = train_many(200, slope, slope, **STUDENTS)
    fail = accuracies[accuracies <= 0.85]
    says(f"with the student's first weights {len(fail)} of 200 seeds fail so;")
    assert np.mean((fail > 0.6) & (fail < 0.75)) > 0.98, "near 0.7"
    slow = {**STUDENTS, "rate": 5.0}
    accuracies, *_ = train_many(200, slope, slope, **slow, epochs=400)
    says(f"only {np.sum(accuracies <= 0.85)} fail at rate 5 with 400 epochs;")
    accuracies = students_with_hidden_units(200, 3)
    says(f"only {np.sum(accuracies <= 0.85)} fail with three hidden units.")


# ---- Figures of one network ---------------------------------------------------------
def test_numbers_of_the_two_formulas():
    pattern = r"At h1 = (\S+) the mistake gives (\S+), the right slope is (0\.\d+)"
    numbers = re.findall(pattern, PROSE)
    assert len(numbers) == 2
    for output, mistaken, right in numbers:
        assert mistaken == f"{mistaken_slope(float(output)):.3f}"
        assert right == f"{slope(float(output)):.3f}"


def test_row_by_hand():
    _, *rows = table("parameter")
    before = Network(*[float(row[1]) for row in rows])
    _, end = train(before, [[2.0, -1.0]], [1.0], epochs=1)
    derivatives = backprop(before, [[2.0, -1.0]], [1.0])
    h1, h2, prediction = forward(before, 2.0, -1.0)
    delta_out = 2 * (prediction - 1.0) * prediction * (1 - prediction)
    known = {
        "z_h1": before.w_x1_h1 * 2 + before.w_x2_h1 * -1 + before.b_h1,
        "z_h2": before.w_x1_h2 * 2 + before.w_x2_h2 * -1 + before.b_h2,
        "h1": h1,
        "h2": h2,
        "z_out": before.w_h1_out * h1 + before.w_h2_out * h2 + before.b_out,
        "prediction": prediction,
        "delta_out": delta_out,
        "delta_h1": delta_out * before.w_h1_out * h1 * (1 - h1),
        "delta_h2": delta_out * before.w_h2_out * h2 * (1 - h2),
        "x1": 2,
        "x2": -1,
    }
    lines = re.findall(
        r"^(\w+) +=.*?(?:\n +=.*?)?= +(-?\d\.\d{5})(?:   \(.*\))?$",
        README,
        re.MULTILINE,
    )
    assert len(lines) == 9
    for name, value in lines:
        assert f"{known[name]:.5f}" == value, name
    for row, name in zip(rows, Network._fields):
        derivative = getattr(derivatives, name)
        after = getattr(end, name)
        product = np.prod([known[factor] for factor in row[2].split(" * ")])
        assert product == pytest.approx(derivative), name
        assert [row[0], *row[3:]] == [name, f"{derivative:.5f}", f"{after:.5f}"]
    new = forward(end, 2.0, -1.0)[2]
    says(f"At rate {RATE:.0f} the prediction goes from {prediction:.4f} to {new:.4f}.")


def test_ceilings():
    phi = NormalDist().cdf
    text = PROSE.split("best band on new rows, is ")[1].split(". ")[0]
    ceilings = re.findall(r"(0\.\d{3}) for (?:spread )?(\d(?:\.\d)?)", text)
    assert len(ceilings) == 2
    for ceiling, spread in ceilings:
        d = 2 * np.sqrt(2) / float(spread)
        ts = np.arange(0, d, 0.001)
        best = max((2 * phi(t) - 1 + phi(d - t) + phi(-d - t)) / 2 for t in ts)
        assert ceiling == f"{best:.3f}"


# ---- Quotations of what is printed --------------------------------------------------
def test_sample():
    sample = next(block for block in blocks("text") if block.startswith("400 rows"))
    pattern = re.escape(sample).replace(re.escape("...\n"), r"(?:.*\n)+")
    out, status = run(".", "xor_net.py")
    assert re.fullmatch(pattern, out) and status == 0


def test_the_run_with_the_mistake():
    out, _ = run(".", "xor_net.py", "--bug")
    end = re.search(r"epoch 100  cost (\S+)  accuracy (\S+)", out)
    later = re.search(r"epoch  35  cost \S+  accuracy (\S+)", out)
    numbers = f"{end[1]}, the accuracy at {end[2]} ({float(later[1])} at epoch 35)"
    says(f"`python xor_net.py --bug`) the cost ends at {numbers}")
    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    networks = list(train(initial_network(rng), features, targets, bug="both"))
    h1, h2, prediction = forward(networks[-1], *np.transpose(CENTRES))
    assert abs(h1 + h2 - 1).max() < 0.15 and abs(prediction - 0.5).max() < 0.06
    costs = [cost(predict(network, features), targets) for network in networks]
    assert costs[35] > costs[5] + 0.005, "the bump in panel 2"
    for network in networks[10:30]:  # a very small update raises the cost there
        derivatives = backprop(network, features, targets, "both")
        moved = Network(*[p - 1e-6 * d for p, d in zip(network, derivatives)])
        old = cost(predict(network, features), targets)
        assert cost(predict(moved, features), targets) > old


def test_what_a_run_prints_after_its_epochs():
    out, _ = run(".", "xor_net.py", "--bug")
    features, targets = four_blobs(rng := np.random.default_rng(0))
    start = initial_network(rng)
    *_, last = train(start, features, targets, bug="both")
    epochs, parameters, centres, _ = out.split("\n\n")
    bars = [line.count("#") for line in epochs.splitlines()[2:]]
    errors = predict(last, features) - targets
    assert bars[-1] == round(100 * np.mean(errors**2)) and len(bars) == 101
    cells = parameters.split()
    assert cells[4::3] == [f"{before:.4g}" for before in start]
    assert cells[5::3] == [f"{after:.4g}" for after in last]
    for line, (x1, x2) in zip(centres.splitlines()[2:], CENTRES):
        h1, h2, prediction = forward(last, x1, x2)
        known = [f"{x1}", f"{x2}", f"{float(x1 * x2 < 0):.0f}"]
        known += [f"{h1:.3f}", f"{h2:.3f}", f"{prediction:.4f}"]
        assert line.split() == known


def test_the_quoted_check():
    assert any(block in TESTS for block in blocks("python"))


# ---- What the script does with its surroundings --------------------------------------
def test_a_closed_pipe_ends_a_run_quietly():
    command = [sys.executable, "xor_net.py"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **options) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


def test_the_limits_themselves_are_allowed():
    low = "--seed=0 --epochs=0 --learning-rate=1e-9 --spread=0 --rows-per-blob=1"
    high = "--learning-rate=1000 --spread=100 --rows-per-blob=100000 --plot=a.pdf"
    for flags in (low, high):
        read_flags(flags.split())
    _, args = read_flags(["--bug", "--plot"])
    assert (args.seed, args.bug, args.plot) == (0, "both", "xor_net.png")


def test_targets_of_another_length_are_refused():
    features, targets = four_blobs(np.random.default_rng(0))
    with pytest.raises(ValueError):
        backprop(initial_network(np.random.default_rng(0)), features, targets[:-1])


@pytest.mark.parametrize("bug", ["none", "hidden", "output", "both"])
def test_picture(bug, tmp_path, monkeypatch):
    drawn = []

    def keep(figure, file, **options):
        drawn.append(figure)

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", keep)
    with matplotlib.rc_context({"text.usetex": True}):  # the user's own settings
        main([f"--bug={bug}", f"--plot={tmp_path / 'run.png'}", "--epochs=30"])
        assert matplotlib.rcParams["text.usetex"]
    bug = "both" if bug == "none" else bug  # a picture needs a mistake
    slopes, costs, *results = drawn[0].axes[:4]
    outputs = np.linspace(0, 1, 101)
    for line, formula in zip(slopes.get_lines(), (slope, mistaken_slope)):
        assert np.allclose(line.get_xdata(), outputs)
        assert np.allclose(line.get_ydata(), formula(outputs))
    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    start = initial_network(rng)
    for layer, line, result in zip(("none", bug), costs.get_lines(), results):
        networks = list(train(start, features, targets, epochs=30, bug=layer))
        known = [cost(predict(network, features), targets) for network in networks]
        assert np.allclose(line.get_ydata(), known)
        assert result.get_title().endswith(f"cost {known[-1]:.3f}")
        shades, dots = result.collections
        assert np.allclose(dots.get_offsets(), features)
        assert np.allclose(dots.get_array(), targets)
        x1, x2 = np.moveaxis(shades.get_coordinates(), -1, 0)
        middles = (x1[:-1, :-1] + x1[1:, 1:]) / 2, (x2[:-1, :-1] + x2[1:, 1:]) / 2
        known = forward(networks[-1], *middles)[2]
        assert np.allclose(shades.get_array().reshape(known.shape), known, atol=1e-6)
    names = [text.get_text() for text in costs.get_legend().get_texts()]
    assert names == ["right slope", "mistake", "cost if all 0.5"]
    assert results[1].get_title().startswith(f"4. Mistake in layer: {bug}\n")


# ---- Changes that the reader is told to make ----------------------------------------
CHANGE = r"`([^`]+)`\s+to\s+`([^`]+)`"


def last_accuracy(folder, *flags):
    """Return the accuracy that a run prints in its last epoch."""
    out, _ = run(folder, "xor_net.py", *flags)
    return re.findall(r"^epoch.*accuracy (\S+)", out, re.MULTILINE)[-1]


def test_the_weak_and_the_strong_check(tmp_path):
    section = README.split("## How the check")[1].split("\n## ")[0]
    changed(tmp_path, re.findall(CHANGE, section)[:1])
    out, _ = run(tmp_path, "xor_net.py")
    costs = re.findall(r"cost (\S+)", out)
    assert costs == sorted(costs, reverse=True) and "\nLearned" in out
    out = check(tmp_path)
    assert "\nFAILED test_xor_net.py::test_gradient - Failed: w_h1_out" in out


def items():
    """Return the things to try, by number, each in one line."""
    text = README.split("\n## Try it")[1].split("\nAnswer")[0]
    found = re.split(r"\n\d\. ", text)[1:]
    return {number: " ".join(item.split()) for number, item in enumerate(found, 1)}


def test_things_to_try(tmp_path):
    first = last_accuracy(".", "--bug", "hidden")
    assert f"the accuracy ends at {first}" in items()[1]
    changed(tmp_path, re.findall(CHANGE, items()[3]))
    assert f"the accuracy ends at {last_accuracy(tmp_path)}" in items()[3]
    changed(tmp_path, re.findall(CHANGE, items()[4]))
    end = last_accuracy(tmp_path, "--learning-rate", "2")
    assert f"With `--learning-rate 2` the accuracy ends at {end}." in items()[4]
    assert "1 passed" in check(tmp_path, "-k", "gradient")
    assert "\nFAILED test_xor_net.py::test_cost - " in check(tmp_path)


def test_other_slopes(tmp_path):
    old, *slopes = re.findall(r"`([^`]*output[^`]*|0\.1)`", items()[2])
    answers = re.search(r"Answers to 2: ([\d., ]+)\.", README)[1].split(", ")
    assert len(slopes) == len(answers) == 3
    for new, answer in zip(slopes, answers):
        changed(tmp_path, [(f"return {old}", f"return {new}")])
        picture = f"--plot={tmp_path / 'slope.png'}"
        assert last_accuracy(tmp_path, "--bug", "hidden", picture) == answer, new


# ---- One's own back-propagation, as the README tells it -----------------------------
ROWS_FIRST = """
    h = sigmoid(X @ W1 + b1)
    p = sigmoid(h @ W2 + b2)
    delta = 2 * (p - y) / len(y) * p * (1 - p)
    delta_h = delta @ W2.T * h * (1 - h)
    dW1, db1, dW2, db2 = X.T @ delta_h, delta_h.sum(axis=0), h.T @ delta, delta.sum()
"""
COLUMNS_FIRST = """
    h = sigmoid(W1 @ X + b1)
    p = sigmoid(W2 @ h + b2)
    delta = 2 * (p - y) / y.shape[1] * p * (1 - p)
    delta_h = W2.T @ delta * h * (1 - h)
    dW1, db1, dW2, db2 = delta_h @ X.T, delta_h.sum(axis=1), delta @ h.T, delta.sum()
"""
UPDATES = """
    W1_before, b1_before, W2_before, b2_before = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    h = sigmoid(X @ W1 + b1)
    p = sigmoid(h @ W2 + b2)
    delta = 2 * (p - y) / len(y) * p * (1 - p)
    delta_h = delta @ W2.T * h * (1 - h)
    W2 -= 0.5 * h.T @ delta
    b2 -= 0.5 * delta.sum(axis=0)
    W1 -= 0.5 * X.T @ delta_h
    b1 -= 0.5 * delta_h.sum(axis=0)
    dW1, db1 = (W1_before - W1) / 0.5, (b1_before - b1) / 0.5
    dW2, db2 = (W2_before - W2) / 0.5, (b2_before - b2) / 0.5
"""


def own_project(folder, lines, columns=False):
    """Write a copy with a backprop as the README gives it, with somebody's lines."""
    template = next(b for b in blocks("python") if b.startswith("def backprop"))
    if columns:
        template, changes = re.subn(r"# (.*  # this too, if)", r"\1", template)
        assert changes == 2
    own = re.sub(r" +# Your lines.*\n", lambda _: lines, template)
    assert own.count("\n") > template.count("\n")
    start, end = SCRIPT.index("def backprop"), SCRIPT.index("# ---- Training")
    copy(folder, SCRIPT[:start] + own + "\n\n" + SCRIPT[end:])


@pytest.mark.parametrize(
    "lines, columns", [(ROWS_FIRST, False), (COLUMNS_FIRST, True), (UPDATES, False)]
)
def test_own_backprop(lines, columns, tmp_path):
    own_project(tmp_path, lines, columns)
    assert "23 passed, 2 skipped" in check(tmp_path)
    h = "sigmoid(h) * (1 - sigmoid(h))"
    assert lines.count("h * (1 - h)") == 1
    own_project(tmp_path, lines.replace("h * (1 - h)", h), columns)
    assert "test_gradient - Failed: w and b of h1 and h2: " in check(tmp_path)
    p = "sigmoid(p) * (1 - sigmoid(p))"
    own_project(tmp_path, lines.replace("p * (1 - p)", p), columns)
    assert "test_gradient - Failed: all nine: " in check(tmp_path)
    own_project(tmp_path, lines.replace("2 * (p - y)", "(p - y)"), columns)
    assert "test_gradient - Failed: all nine by the factor 0.5" in check(tmp_path)
