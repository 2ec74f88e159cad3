"""What a unit's text says that a recipe prints is what our solution prints there.

A recipe is an indented block of the prose. `SAID` quotes the prose with `{}` for each number that it states; these are
compared with what the recipe prints, to as many digits as the prose has. Where the prose says "or nearly" the last
digit may be another one, since another machine may add up otherwise. Names that a model makes up are not compared.
"""

import contextlib
import io
import re
import textwrap
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.judging import reference

ROOT = Path(__file__).parents[2]
COURSE = Course.find(ROOT)
NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
COMMENT = re.compile(r"(?P<code>[^#]+?) +# (?P<says>.*[\[{].*)")
NEARLY = 2.6  # of the last digit
EXACT = 0.51
pytestmark = [  # a recipe opens its file as a learner does
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def prose(unit):
    """Return the text of a unit's markdown cells, as blocks that stand apart."""
    cells = unit.solution.read_text("utf-8").split("# %%")
    lines = [line[2:] for cell in cells if cell.startswith(" [markdown]") for line in cell.splitlines()[1:]]
    return "\n".join(lines)


def recipe(unit, first):
    """Return the code of the recipe whose first line begins so: indented lines, with those between two of them."""
    text = prose(unit)
    found = re.search(rf"^    {re.escape(first)}.*\n(?:    .*\n|\n(?=    ))*", text, re.MULTILINE)
    assert found, first
    return textwrap.dedent(found[0])


def printed(unit, *recipes):
    """Run recipes one after the other beside our solution, in the course's folder; return what each printed."""
    names, said = dict(vars(reference.solution(unit))), []
    with contextlib.chdir(ROOT):
        for code in recipes:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, names)  # noqa: S102 (ours)
            said.append(out.getvalue())
    return said


def numbers(text):
    return [float(number.replace(",", "")) for number in re.findall(NUMBER, text)]


def stated(unit, sentence):
    """Return the numbers of a sentence of the prose, as they are written there."""
    pattern = r"\s+".join(re.escape(word) for word in sentence.split()).replace(r"\{\}", f"({NUMBER})")
    found = re.search(pattern, prose(unit))
    assert found, f"the prose does not say: {sentence}"
    return list(found.groups())


def last_digit(number):
    """Return what the last digit of a written number is worth: 0.01 of 1.77, 0.1e-5 of 4.2e-05."""
    digits, _, power = number.partition("e")
    return 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))


def same(written, given, allowed=EXACT):
    assert len(written) == len(given), (written, given)
    wrong = [
        (said, number)
        for said, number in zip(written, given, strict=True)
        if abs(float(said.replace(",", "")) - number) > allowed * last_digit(said)
    ]
    assert not wrong, wrong


def all_of(said):
    return numbers(said)


def last_losses(said):
    """Return the loss of each net of unit 04's three."""
    return [float(loss) for loss in re.findall(r"'loss': ([\d.]+)", said)]


# Unit, how its recipes begin, what the prose says with `{}` for its numbers, which of the printed ones these are, and
# how much they may differ.
SAID = {
    "one neuron in torch": (
        "u01",
        ["import torch"],
        "It prints {} and {}, {}, {}, {}, {}, with more digits",
        all_of,
        EXACT,
    ),
    "how far a gradient comes back": (
        "u07",
        ["torch.manual_seed(0)"],
        "rnn {} {} {} {} {} {} gru {} {} {} {} {} {} lstm {} {} {} {} {} {} or nearly",
        all_of,
        NEARLY,
    ),
    "the copying task": (
        "u08",
        ["torch.manual_seed(0)"],
        "# [{}, {}, {}, {}, {}, {}, {}, {}, {}, {}], or nearly",
        lambda said: numbers(said[said.index("[") : said.index("]")]),
        NEARLY,
    ),
}
COUNTED = 'words = open("datasets/names.txt").read().split()\nstoi, itos = build_vocab(words)\n'
COUNTED += "P = normalize_rows(bigram_counts(words, stoi))\n\n"
# The same of recipes that take more than some seconds each; `pytest --long` runs them.
LONG = {
    "three nets, one of which stands still": (
        "u04",
        ["g = torch"],
        "The third net stands still at ln 5 = {}:",
        lambda said: last_losses(said)[2:],
        EXACT,
    ),
    "gradients by hand, on names": ("u05", ["names = open("], "It prints `{} {}`.", all_of, EXACT),
    "two moons": (
        "u01",
        ["rng = random.Random(1)"],
        "the loss has gone from {} to {}, and {} of the 40 points are",
        all_of,
        EXACT,
    ),
    "names by counting and by learning": (
        "u02",
        [COUNTED],
        "from {} to {}, regulariser included. Without it the learned model has {} and the counted one {};",
        lambda said: [numbers(said)[index] for index in (0, 1, 3, 2)],
        EXACT,
    ),
    "names with three letters of context": (
        "u03",
        ["words = open(", "params = init_params("],
        "Then, or nearly: [{}, {}]",
        lambda said: numbers(said)[1:],
        NEARLY,
    ),
    "names with eight letters of context": (
        "u06",
        ["words = open("],
        "The curve goes from {} down to {}, still falling",
        lambda said: [numbers(said)[index] for index in (0, -1)],
        NEARLY,
    ),
    "names with a state": ("u07", ["words = open("], "or nearly: rnn {} ", lambda said: numbers(said)[:1], NEARLY),
}


def check(key, firsts, sentence, chosen, allowed):
    unit = COURSE.unit(key)
    same(stated(unit, sentence), chosen("".join(printed(unit, *(recipe(unit, first) for first in firsts)))), allowed)


@pytest.mark.parametrize("name", SAID)
def test_the_numbers_of_the_prose_are_those_that_are_printed(name):
    check(*SAID[name])


@pytest.mark.parametrize("name", LONG)
def test_so_are_those_of_long_recipes(name, request):
    if not request.config.getoption("--long"):
        pytest.skip("a recipe that trains for longer is run on request: --long")
    check(*LONG[name])


def test_two_moons_are_not_parted_so_soon(request):
    """The prose says how many steps are too few."""
    if not request.config.getoption("--long"):
        pytest.skip("a recipe that trains for longer is run on request: --long")
    unit = COURSE.unit("u01")
    steps, right = stated(unit, "With {} steps it is {}:")
    (said,) = printed(unit, recipe(unit, "rng = random.Random(1)").replace("100", steps))
    assert numbers(said)[-1] == float(right)


def commented():
    """Yield (unit, lines above it, code, comment) of each line whose comment says what it prints."""
    for unit in COURSE.units:
        for block in re.findall(r"(?:^    .*\n)+", prose(unit), re.MULTILINE):
            lines = textwrap.dedent(block).splitlines()
            for number, line in enumerate(lines):
                found = COMMENT.fullmatch(line)
                if found and found["code"].startswith("print("):
                    yield pytest.param(unit, lines[:number], *found.groups(), id=f"{unit.key} {line[6:60]}")


@pytest.mark.parametrize(("unit", "above", "code", "says"), list(commented()))
def test_a_line_prints_what_its_comment_says(unit, above, code, says):
    said = printed(unit, "\n".join(above), code)[1]
    if "and one of them at" in says:
        place = numbers(says)
        rows = [numbers(row) for row in re.findall(r"\[([\d, ]+)\]", said)]
        ones = [[i, j] for i, row in enumerate(rows) for j, number in enumerate(row) if number == 1]
        assert (len(ones), place in ones, sum(map(sum, rows))) == (5, True, 5)
    elif says.startswith("{"):
        assert said.strip() == says
    else:
        same(re.findall(NUMBER, says), numbers(re.sub(r"\w*tensor", "", said)), EXACT)


def test_the_gradient_that_looks_terrible_is_rounding_noise():
    """As the text of unit 05 says of `b1`, which BatchNorm takes away again."""
    unit = COURSE.unit("u05")
    assert stated(unit, "`max_rel` of `b{}` will look terrible") == ["1"]
    rows = {row[16:18]: row for row in printed(unit, recipe(unit, "rng = np.random"))[0].splitlines()}
    assert "approximate=True" in rows["b1"]
    assert "max_abs=" in rows["b1"]
    assert numbers(rows["b1"].partition("max_abs")[2])[0] < 1e-15


@pytest.mark.parametrize("pattern", ["GPT2_SPLIT_PATTERN", "GPT4_SPLIT_PATTERN"])
def test_a_text_is_cut_as_the_text_says(pattern):
    """The first example stands where GPT-2's authors are spoken of, the second where GPT-4's pattern is."""
    unit = COURSE.unit("u09")
    examples = re.findall(r'^    (".+")  ->  (\[".+\])$', prose(unit), re.MULTILINE)
    text, chunks = examples[pattern.startswith("GPT4")]
    (said,) = printed(unit, f"print(split_text({text}, {pattern}) == {chunks})")
    assert (len(examples), said) == (2, "True\n")
