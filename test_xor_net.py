"""The self-check of xor_net.py: the name of each test is a claim that it proves.

`pytest -k learns`: cost falls, accuracy beats 0.9; not so with wrong hidden slopes.
`pytest -k gradient`: backprop returns the slope of the cost; not so with the mistake.
"""

import re
import runpy
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from xor_net import (
    MISTAKES,
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

pytestmark = [
    pytest.mark.filterwarnings("error"),  # a warning is a failure
    pytest.mark.filterwarnings(r"ignore:'\w+' deprecated - use"),  # old matplotlib's
]

SCRIPT = Path(__file__).with_name("xor_net.py")
README = SCRIPT.with_name("README.md").read_text(encoding="utf-8")


# ---- It learns ----------------------------------------------------------------------
def run(seed, spread=0.7, **options):
    """Train as the script does, with other `options` of train; return all epochs."""
    rng = np.random.default_rng(seed)
    features, targets = four_blobs(rng, spread=spread)
    return list(train(initial_network(rng), features, targets, **options))


def test_it_learns_so_that_cost_falls_at_every_epoch_and_accuracy_beats_0_9():
    epochs = run(seed=0)
    assert np.all(np.diff([epoch.cost for epoch in epochs]) < 0)
    assert epochs[0].accuracy == 0.5 and epochs[-1].accuracy > 0.9


RIGHT = sigmoid_derivative_from_output
WRONG = sigmoid_derivative_from_input  # in backprop, which gives it outputs
LAYERS = {
    "right": {},
    "output": {"out": WRONG},
    "hidden": {"hidden": WRONG},
    "both": {"hidden": WRONG, "out": WRONG},
    "constant": {"hidden": lambda output: 0.22},
}


def fast_gradient(network, features, targets, hidden=RIGHT, out=RIGHT):
    """Return what backprop returns, without a loop, also for many networks at once."""
    x1, x2 = features[..., 0], features[..., 1]
    h1, h2, prediction = forward(network, x1, x2)
    delta_out = 2 * (prediction - targets) / targets.shape[-1] * out(prediction)
    delta_h1 = delta_out * network.w_h1_out * hidden(h1)
    delta_h2 = delta_out * network.w_h2_out * hidden(h2)
    terms = [delta_h1 * x1, delta_h1 * x2, delta_h1, delta_h2 * x1, delta_h2 * x2]
    terms += [delta_h2, delta_out * h1, delta_out * h2, delta_out]
    return Network(*[term.sum(axis=-1, keepdims=True) for term in terms])


def random_network(rng):
    """Return a network of nine independent normal parameters."""
    return Network(*rng.normal(size=9).tolist())


def train_50_seeds(layer, new_start=initial_network):
    """Train 50 seeds at once; return all networks, and how many beat 0.9 at the end."""
    rngs = [np.random.default_rng(seed) for seed in range(50)]
    features, targets = map(np.array, zip(*[four_blobs(rng) for rng in rngs]))
    networks = [Network(*np.transpose([new_start(rng) for rng in rngs])[..., None])]
    for _ in range(100):
        slopes = fast_gradient(networks[-1], features, targets, **LAYERS[layer])
        networks.append(Network(*[w - 2 * d for w, d in zip(networks[-1], slopes)]))
    _, _, predictions = forward(networks[-1], features[..., 0], features[..., 1])
    return networks, sum(accuracy(*one) > 0.9 for one in zip(predictions, targets))


def test_it_learns_from_each_of_50_seeds_and_from_none_with_wrong_hidden_slopes():
    expected = {"right": 50, "output": 50, "hidden": 0, "both": 0, "constant": 0}
    assert {layer: train_50_seeds(layer)[1] for layer in LAYERS} == expected


# ---- Its gradient is the slope of the cost ------------------------------------------
def cost_of(network, features, targets):
    """Return the cost of the predictions of the network for all rows."""
    _, _, predictions = forward(network, features[:, 0], features[:, 1])
    return cost(predictions, targets)


def numerical_gradient(network, features, targets, step=1e-5):
    """Return the slope of the cost for each parameter, by central differences."""
    slopes = []
    for name, value in network._asdict().items():
        higher = network._replace(**{name: value + step})
        lower = network._replace(**{name: value - step})
        rise = cost_of(higher, features, targets) - cost_of(lower, features, targets)
        slopes.append(rise / (2 * step))
    return slopes


def relative_error(gradient, expected):
    """Return the distance of two gradients: 0 if equal, 1 if opposite."""
    difference = np.linalg.norm(np.subtract(gradient, expected))
    return difference / (np.linalg.norm(gradient) + np.linalg.norm(expected))


def cases():
    """Yield 24 networks, new, trained and random ones, each with rows of its own."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        features, targets = four_blobs(rng, 5 + seed, 0.2 + 0.2 * seed)
        start = initial_network(rng)
        *_, last = train(start, features, targets, epochs=5)
        for network in (start, last.network, random_network(rng)):
            yield network, features, targets


def test_gradient_agrees_with_central_differences_on_24_networks():
    for case in cases():
        assert relative_error(backprop(*case), numerical_gradient(*case)) < 1e-8


def test_gradient_check_rejects_the_mistake_in_either_layer():
    for mistake in MISTAKES.values():
        for case in cases():
            assert relative_error(mistake(*case), numerical_gradient(*case)) > 0.01


def test_loop_agrees_with_arrays_at_each_epoch_while_it_learns():
    for layer, loop in {"right": backprop, **MISTAKES}.items():
        fast = partial(fast_gradient, **LAYERS[layer])
        for one, other in zip(run(0, gradient=loop), run(0, gradient=fast)):
            assert one.network == pytest.approx(np.ravel(other.network), rel=1e-9)
        for case in cases():
            assert relative_error(loop(*case), np.ravel(fast(*case))) < 1e-12


# ---- Its parts ----------------------------------------------------------------------
def test_sigmoid_never_overflows_and_both_derivatives_are_its_slope():
    z = np.array([-np.inf, -1000, -40, 0, np.log(3), 40, 1000, np.inf])
    expected = [0, 0, np.exp(-40), 0.5, 0.75, 1, 1, 1]
    assert sigmoid(z) == pytest.approx(expected, rel=1e-14)
    z, h = np.linspace(-8, 8, 101), 1e-5
    slope = (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)
    assert sigmoid_derivative_from_input(z) == pytest.approx(slope, abs=1e-10)
    assert sigmoid_derivative_from_output(sigmoid(z)) == pytest.approx(slope, abs=1e-10)
    mistaken = sigmoid_derivative_from_input(np.linspace(0, 1, 101))
    assert 0.1966 < mistaken.min() < 0.1967 and mistaken.max() == 0.25


def test_blobs_are_the_four_centres_plus_normal_noise_of_the_spread():
    noise = np.random.default_rng(5).normal(size=(400, 2))
    for options, spread in (({}, 0.7), ({"spread": 1.5}, 1.5)):
        features, targets = four_blobs(np.random.default_rng(5), **options)
        centres = np.repeat([(-2, -2), (2, 2), (-2, 2), (2, -2)], 100, axis=0)
        assert features == pytest.approx(centres + spread * noise, abs=1e-12)
        assert targets.tolist() == [0.0] * 200 + [1.0] * 200


def test_start_is_small_opposite_hidden_weights_and_a_soft_or_at_chance():
    for seed in range(10):
        start = initial_network(np.random.default_rng(seed))
        w1, w2 = 0.1 * np.random.default_rng(seed).normal(size=2)
        assert start == (w1, w2, -1, -w1, -w2, -1, 4, 4, -2)
        assert run(seed, epochs=0)[0].accuracy == 0.5
    outputs = [sigmoid(4 * sum_of_h - 2) for sum_of_h in (0, 1, 2, 2 * sigmoid(-1))]
    assert outputs == pytest.approx([0.12, 0.88, 0.998, 0.54], abs=0.005)


def test_cost_is_the_mean_squared_error_and_accuracy_the_part_of_right_rows():
    predictions = np.array([0.4, 0.6, 0.6, 0.4, 0.5, 0.5])
    targets = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 0.0])
    assert cost(predictions, targets) == pytest.approx((0.32 + 0.72 + 0.5) / 6)
    assert accuracy(predictions, targets) == 2 / 6  # 0.5 is never right


def test_epochs_count_from_0_and_each_update_goes_downhill():
    features, targets = four_blobs(np.random.default_rng(0))
    assert [epoch.number for epoch in run(0)] == list(range(101))
    for options, rate in (({}, 2.0), ({"learning_rate": 0.3}, 0.3)):
        before, after = run(0, epochs=1, **options)
        slopes = np.array(backprop(before.network, features, targets))
        expected = np.array(before.network) - rate * slopes
        assert after.network == pytest.approx(tuple(expected), rel=1e-14)
        _, _, predictions = forward(after.network, features[:, 0], features[:, 1])
        assert after[2:] == (cost(predictions, targets), accuracy(predictions, targets))


def test_train_refuses_other_shapes_before_the_first_epoch():
    network = random_network(np.random.default_rng(0))
    for one, other in ((4, 2), (4, 1)), ((4, 2), ()), ((2, 4), (4,)), ((8,), (8,)):
        message = f"(rows, 2) and targets of shape (rows,), not {one} and {other}"
        with pytest.raises(ValueError, match=re.escape(message) + "$"):
            next(train(network, np.zeros(one), np.zeros(other), epochs=0))


# ---- What is written down -----------------------------------------------------------
def section(heading):
    """Return the section of the README under this heading."""
    return README.split(f"\n## {heading}")[1].split("\n## ")[0]


def tables(heading):
    """Return the tables of a section: each a list of rows, a row a list of cells."""
    found = []
    for text in re.findall(r"(?:^\|.*\n)+", section(heading), re.MULTILINE):
        rows = [line.strip("|").split("|") for line in text.splitlines()]
        found.append([[cell.strip(" `") for cell in row] for row in rows])
    return found


def test_every_number_of_the_row_by_hand_comes_from_the_code():
    before, (_, _, *rows) = tables("One row by hand")
    network = Network(*map(float, before[2]))
    assert before[0] == [name for name, *_ in rows] == list(Network._fields)
    assert before[2] == [value for _, value, *_ in rows]
    known = {**network._asdict(), "x1": 2, "x2": -1, "target": 1, "sigmoid": sigmoid}
    line = r"\n(\w+) +=(?: \(d cost.*\n +=)? (.+?) += +(-?\d\.\d{5})"
    lines = re.findall(line, section("One row by hand"))
    assert len(lines) == 9
    for name, formula, value in lines:
        known[name] = eval(formula, known)
        assert f"{known[name]:.5f}" == value
    row = np.array([[2.0, -1.0]]), np.array([1.0])
    gradient = backprop(network, *row)
    _, updated = train(network, *row, epochs=1)
    for (*_, formula, slope, after), exact, new in zip(rows, gradient, updated.network):
        assert eval(formula, known) == pytest.approx(exact)
        assert (slope, after) == (f"{exact:.5f}", f"{new:.5f}")
    _, _, prediction = forward(updated.network, 2, -1)
    assert f"is {prediction:.4f}. It was {known['prediction']:.4f}," in README


def test_the_three_tables_of_the_mistake_come_from_the_code():
    (outputs, _, right, wrong), counts, (_, _, *rows) = tables("The mistake")
    slopes = RIGHT, WRONG, LAYERS["constant"]["hidden"]
    for a, *values in zip(outputs[1:], right[1:], wrong[1:]):
        assert values == [f"{slope(float(a)):.4f}" for slope in slopes[:2]]
    for new_start, (_, *cells) in zip((initial_network, random_network), counts[2:]):
        layers = ("right", "output", "hidden", "both")
        learned = [train_50_seeds(layer, new_start)[1] for layer in layers]
        assert cells == [str(count) for count in learned]
    start = run(0, spread=0.0, epochs=0)[0].network
    totals = []
    for (x1, x2), target in zip(*four_blobs(np.random.default_rng(0), 1, 0.0)):
        h1, _, prediction = forward(start, x1, x2)
        delta_out = 2 * (prediction - target) / 4 * RIGHT(prediction)
        expected = [f"{x1:g}, {x2:g}", f"{target:g}", f"{delta_out:.4f}", f"{h1:.3f}"]
        terms = [delta_out * start.w_h1_out * slope(h1) * x1 for slope in slopes]
        for slope, term in zip(slopes, terms):
            expected += [f"{slope(h1):.4f}", f"{term:.4f}"]
        assert [*expected[:-2], expected[-1]] in rows
        totals.append(terms)
    for row, signs in ((rows[-2], [1, 1, 1, 1]), (rows[-1], [1, 1, -1, -1])):
        sums = np.dot(signs, totals).round(9) + 0  # x2 = x1, or x2 = -x1 for target 1
        assert [cell for cell in row if cell][1:] == [f"{x:.4f}" for x in sums]


def test_the_mistake_moves_rows_the_wrong_way_and_favours_target_0_for_50_seeds():
    features, targets = four_blobs(np.random.default_rng(0), 1, 0.0)
    for layer, target in {"right": 1, "output": 1, "hidden": 0, "both": 0}.items():
        (network, *_, last), _ = train_50_seeds(layer)
        for _ in range(100):  # without noise
            slopes = fast_gradient(network, features, targets, **LAYERS[layer])
            now, move = np.array(network[:2]), -np.array(slopes[:2])
            for_1 = (now[1] - now[0]) * (move[1] - move[0])  # > 0: z_h1 move apart
            for_0 = (now[1] + now[0]) * (move[1] + move[0])
            assert np.all((for_1 > 0) == target) and np.all((for_0 < 0) == target)
            network = Network(*[w - 2 * d for w, d in zip(network, slopes)])
        h1, h2, prediction = forward(last, features[:, 0], features[:, 1])
        best = np.argmax([h1, h2], axis=2)
        assert np.all(targets[best] == target) and np.all(best[0] != best[1])
        assert np.all((prediction @ [-1, -1, 1, 1] > 0) == target)
        assert np.all(np.array(last[6:8]) > 0)  # w_h1_out and w_h2_out


def test_ceilings_in_the_readme_are_those_of_the_formula():
    (columns,), phi = tables("Why these blobs"), NormalDist().cdf
    for spread, _, *expected in list(zip(*columns))[1:]:
        spread = float(spread.split()[0])
        d = 2 * np.sqrt(2) / spread
        ts = np.arange(0, d, 0.001)
        shares = [(2 * phi(t) - 1 + phi(d - t) + phi(-d - t)) / 2 for t in ts]
        best, sign = ts[np.argmax(shares)], phi(2 / spread) ** 2 + phi(-2 / spread) ** 2
        assert expected == [f"{best:.2f}", f"{max(shares):.3f}", f"{sign:.3f}"]


def run_source(source, folder, capsys):
    """Run Python source, and its main if it has one; return what they print."""
    (folder / "source.py").write_text(source, encoding="utf-8")
    runpy.run_path(str(folder / "source.py")).get("main", list)([])
    return capsys.readouterr().out


def test_the_check_in_the_readme_is_quoted_and_its_two_programs_run(tmp_path, capsys):
    row, check, seeds = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert check in Path(__file__).read_text(encoding="utf-8")
    assert run_source(row, tmp_path, capsys).count("Epoch(number=") == 2
    assert run_source(seeds.replace("50", "3"), tmp_path, capsys) == "3\n"


def test_changes_to_try_do_what_the_readme_says(tmp_path, capsys):
    change = r"`([^`]+)`\s+to\s+`([^`]+)`"
    items = re.split(r"\n\d\. ", section("Try it"))
    items = [item for item in items if re.search(change, item) and "ends" in item]
    assert len(items) == 3
    for item in items:
        source = SCRIPT.read_text(encoding="utf-8")
        for old, new in re.findall(change, item):
            assert source.count(old) == 1
            source = source.replace(old, new)
        out = run_source(source, tmp_path, capsys)
        last = re.findall(r"^epoch.* accuracy (.+)$", out, re.MULTILINE)[-1]
        assert last == re.search(r"ends\s+at (\d\.\d{3})", item)[1]
        costs = re.findall(r"cost (\S+)", out)
        assert "at every epoch" not in item or costs == sorted(costs, reverse=True)


# ---- The command line ---------------------------------------------------------------
def python(code):
    """Run code in a new Python, with warnings as errors; return what came of it."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code]
    options = {"capture_output": True, "text": True, "cwd": SCRIPT.parent}
    return subprocess.run(command, check=False, **options)


def test_a_run_prints_what_the_readme_shows_and_loads_no_matplotlib():
    code = "import sys, xor_net; xor_net.main([]); print('matplotlib' in sys.modules)"
    done = python(code)
    assert (done.returncode, done.stderr) == (0, "")
    sample = re.search(r"```text\n(.*?)```", section("What you"), re.DOTALL)[1]
    pattern = re.escape(sample).replace(re.escape("...\n"), r"(?:.*\n)+")
    assert re.fullmatch(pattern + "False\n", done.stdout)


@pytest.mark.parametrize("flags", ["", "--bug", *[f"--bug {x}" for x in MISTAKES]])
def test_a_run_prints_its_epochs_its_network_and_its_answers(flags, capsys):
    layer = {"": "none", "--bug": "both"}.get(flags, flags[6:])
    main(["--epochs=20", *flags.split()])
    lines = capsys.readouterr().out.splitlines()
    epochs = run(0, epochs=20, gradient=MISTAKES.get(layer, backprop))
    assert lines[1] == f"mistake in layer: {layer}"
    for line, (number, _, its_cost, share) in zip(lines[2:23], epochs):
        assert line == f"epoch {number:2}  cost {its_cost:.4f}  accuracy {share:.3f}"
    start, end = epochs[0].network, epochs[-1].network
    for name, before, after, line in zip(Network._fields, start, end, lines[25:34]):
        assert [name, f"{before:.4g}", f"{after:.4g}"] == line.split()
    for x1, x2, *answer in [map(float, line.split()) for line in lines[36:40]]:
        assert answer == [x1 * x2 < 0, round(forward(end, x1, x2)[2], 4)]


def test_help_shows_the_defaults_that_are_numbers(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    defaults = re.findall(r"\(default:\s+(.+?)\)", capsys.readouterr().out)
    assert defaults == ["0", "100", "2.0", "0.7", "100"]  # as in the README's sample


@pytest.mark.parametrize(
    "flag, allowed, values",
    [
        ("--seed", "must be a whole number >= 0", "-1"),
        ("--epochs", "must be a whole number >= 0", "-1"),
        ("--rows-per-blob", "must be from 1 to 100000", "0 -5 100001"),
        ("--spread", "must be a finite number >= 0", "-0.1 nan inf 1e999"),
        ("--learning-rate", "must be a finite number > 0", "0 -2 nan inf -inf"),
        ("--plot", "FILE must end in .png, .svg or .pdf", "png .png a.doc a.png/"),
        ("--plot", "cannot write FILE", f"no/folder.png folder.png {'x' * 300}.png"),
    ],
)
def test_bad_input_is_refused(flag, allowed, values, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    for value in values.split():
        with pytest.raises(SystemExit) as refusal:
            main([f"{flag}={value}"])
        out, err = capsys.readouterr()
        assert (refusal.value.code, out) == (2, "")
        assert f"error: argument {flag}: {allowed}" in err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


@pytest.mark.parametrize(
    "flags, learned",
    [
        ("--rows-per-blob 100000 --epochs 0", False),
        ("--rows-per-blob 5 --spread 1 --seed 20", False),  # accuracy is 0.9
        (f"--seed {2**128 - 1} --spread -0.0 --learning-rate 0.9", True),
        ("--rows-per-blob 1 --plot b.SVG", True),
        ("--epochs 0 --plot", False),
        ("--learning-rate 1e300 --spread 1e308 --bug hidden --plot a.svg", False),
    ],
)
def test_extreme_input_gets_a_true_verdict_and_picture_without_a_warning(
    flags, learned, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    main(["--epochs=20", *flags.split()])
    out, err = capsys.readouterr()
    *_, last = re.findall(r"^epoch.* accuracy (.+)$", out, re.MULTILINE)
    assert (float(last) > 0.9) is learned and err == ""
    assert f"\n{'Learned' if learned else 'Did not learn'}: accuracy" in out
    pictures = re.findall(r"Picture: (.+)", out)
    assert pictures == [path.name for path in tmp_path.iterdir()]
    assert len(pictures) == flags.count("--plot")
    for name in pictures:
        text = (tmp_path / name).read_text("latin-1")
        assert name == ("xor_net.png" if flags.endswith("--plot") else flags[-5:])
        assert text.startswith("\x89PNG" if name == "xor_net.png" else "<?xml")
        layer = "hidden" if "hidden" in flags else "both"
        for words in (f"(layer: {layer})", f"accuracy {last}", ", 20 epochs"):
            assert name == "xor_net.png" or words in text


def test_a_bad_backend_and_usetex_do_not_stop_a_picture(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "no such backend")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True")  # needs LaTeX
    command = [sys.executable, SCRIPT, "--epochs=0", "--plot"]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    assert (tmp_path / "xor_net.png").exists()


def test_a_pipe_that_closes_ends_the_run_quietly(monkeypatch):
    command = [sys.executable, SCRIPT, "--epochs=0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    for unbuffered in ("", "1"):
        monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
        with subprocess.Popen(command, **pipes) as process:
            process.stdout.close()
            assert process.stderr.read() == b"" and process.wait() != 0


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "OSError(28, 'full')"])
def test_ctrl_c_ends_the_run_quietly_but_a_full_disk_does_not(error, tmp_path):
    (tmp_path / "old.png").write_text("old")
    for name in ("old.png", "new.png"):
        done = python(f"""if True:
            import numpy, runpy, sys
            def default_rng(seed): raise {error}
            numpy.random.default_rng = default_rng
            sys.argv = ["xor_net.py", "--plot", {str(tmp_path / name)!r}]
            runpy.run_path("xor_net.py", run_name="__main__")""")
        assert done.returncode != 0 and done.stdout == ""
        assert (done.stderr == "") is (error == "KeyboardInterrupt")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


# ---- The picture --------------------------------------------------------------------
def test_picture_shows_slopes_costs_rows_and_lines_of_right_and_mistake():
    from matplotlib.figure import Figure

    rng = np.random.default_rng(0)
    features, targets = four_blobs(rng)
    figure = Figure()
    draw(figure, features, targets, initial_network(rng), 20, 1.5, "hidden")
    slopes, costs, *results = figure.axes[:4]
    assert set(costs.lines[2].get_ydata()) == {0.25}
    expected = zip(("right", "mistake"), (RIGHT, WRONG), (backprop, MISTAKES["hidden"]))
    panels = zip(expected, slopes.lines, costs.lines, results)
    for (name, derivative, gradient), slope, curve, panel in panels:
        a, y = slope.get_data()
        assert (a.min(), a.max()) == (0, 1) and y == pytest.approx(derivative(a))
        epochs = run(0, epochs=20, learning_rate=1.5, gradient=gradient)
        assert list(curve.get_ydata()) == [epoch.cost for epoch in epochs]
        assert slope.get_label() == curve.get_label() == name in panel.get_title()
        assert slope.get_color() == curve.get_color()
        assert slope.get_linestyle() == curve.get_linestyle()
        assert f"accuracy {epochs[-1].accuracy:.3f}" in panel.get_title()
        for target in (0, 1):
            points = panel.lines[target]
            assert np.array_equal(points.get_xydata(), features[targets == target])
            assert points.get_label() == f"target {target}"
        assert panel.get_xlim() == panel.get_ylim() == results[0].get_xlim()
        for text in panel.texts:
            unit = ["h1 = 0.5", "h2 = 0.5"].index(text.get_text())
            outputs = forward(epochs[-1].network, *text.get_position())
            assert outputs[unit] == pytest.approx(0.5, abs=1e-3)
    assert len(results[0].texts) == 2 and "(layer: hidden)" in results[1].get_title()
    assert slopes.get_legend() and costs.get_legend() and figure.legends
    assert figure.axes[4].get_ylabel() == "prediction"
