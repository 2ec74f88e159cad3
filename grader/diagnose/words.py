"""Every sentence of the forensics, in one place: a language has a catalogue of them, `languages/zh/forensics.toml`.

ASCII, short, exact. {what} is the quantity as the check calls it, {name} an input, {where} a place in an answer.
"""

from grader.language import phrase

TEXT = {
    "at": "{what} at {places}",
    "without": "{what}, with all of {name} at 0",
    # The lines of evidence.
    "line": "{where}: {fact}.",
    "other numbers": "with other numbers",
    "other draw": "with other inputs",
    "other sizes": "with other sizes",
    "pair": "yours {yours}, expected {expected}",
    # Multiples.
    "factor.size.large": "{what}: yours is {times} times too large, where N is {name}.",
    "factor.size.small": "{what}: yours is {times} times too small, where N is {name}.",
    "factor.sizes": "{what}: yours is N / M times the expected one, where N is {name}, and M is {other}.",
    "factor.sizes.line": "N = {n}, M = {m}: every value is {factor} times the expected one.",
    "factor.size.line": "N = {size}: every value is {factor} times the expected one.",
    "factor.common.line": "every value is {factor} times the expected one",
    "factor.sign": "{what}: yours has the right size and the wrong sign.",
    "factor.times": "{what}: yours is exactly {factor} times the expected one.",
    "factor.half": "{what}: yours is exactly half of the expected one.",
    "factor.odd": "{what}: yours is always {factor} times the expected one.",
    "factor.common": "{what}: the proportions are right, but all of it is off by one factor, another one for other "
    "inputs.",
    "factor.rows": "{what}: within each {part} the proportions are right, but each {part} is off by a factor of its "
    "own.",
    "factor.rows.line": "the factors are {factors}",
    "size.rows": "the number of rows of {name}",
    "size.columns": "the number of columns of {name}",
    "size.length": "the length of {name}",
    "size.axis": "the size of axis {axis} of {name}",
    # What went in and is missing, or is there once too often.
    "input.missing factor": "{what}: yours times {name} is the expected one. That factor is missing, or something is "
    "divided by it once too often.",
    "input.extra factor": "{what}: yours is the expected one times {name}. That factor is one too many, or a division "
    "by it is missing.",
    "input.missing term": "{what}: yours plus {name} is the expected one. That summand is missing.",
    "input.extra term": "{what}: yours is the expected one plus {name}. That summand is one too many.",
    "input.only": "{what}: yours is {name}, and nothing else.",
    "input.turned": "{what}: what yours adds to {name} the right one takes away, or the other way round. "
    "The size is right, the sign is not.",
    "input.weight": "{what}: yours differs from the expected one by a multiple of {name}. Its weight is wrong.",
    # Sums.
    "offset.constant": "{what}: yours is always {amount} too {large}.",
    "offset.common": "{what}: every value is off by the same amount, another one for other inputs.",
    "offset.common.line": "every value is {amount} too {large}",
    "large": "large",
    "small": "small",
    # Nothing there.
    "zero": "{what}: yours is 0, whatever goes in.",
    "zero.tried": "{what}: yours is 0, with all {count} sets of numbers that were tried.",
    "zero.mask": "{what}: yours is 0 with this mask, whatever else goes in.",
    "zero.line": "all {count} values are 0, the expected ones go up to {most}",
    "untouched": "{what}: yours is {name}, as it came in.",
    "constant": "{what}: yours is always {value}, whatever goes in.",
    # Axes.
    "axis": "axis {axis}",
    "axes": "axes {axes}",
    "axes.shapes": "yours has shape {yours}, expected is {expected}",
    "axes.reshaped": "{what}: the numbers are right and the shape is not.",
    "axes.transposed": "{what}: yours is transposed.",
    "axes.permuted": "{what}: the axes of yours stand in another order: they are axes {order} of the expected one.",
    "axes.unsummed": "{what}: yours is not {way} over {axes}. With that it is right.",
    "axes.oversummed": "{what}: yours is {way} over {axes}. Without that it is right.",
    "axes.lost": "{what}: yours has the shape of {name} without axis {mine}, the expected one without axis {theirs}.",
    "axes.other": "{what}: yours is {name}, {way} over {mine}; the expected one is {way} over {theirs}.",
    "summed": "summed",
    "averaged": "averaged",
    "axes.reversed": "{what}: yours runs backwards along axis {axis}.",
    "axes.reversed list": "{what}: yours is in reverse order.",
    "axes.one late": "{what}: yours is one place late along axis {axis}, with 0 in the first place.",
    "axes.one late list": "{what}: yours is one place late, with 0 in the first place.",
    "axes.one early": "{what}: yours is one place early along axis {axis}, with 0 in the last place.",
    "axes.one early list": "{what}: yours is one place early, with 0 in the last place.",
    "axes.one late, round": "{what}: yours is one place late along axis {axis}; the last one came to the front.",
    "axes.one late, round list": "{what}: yours is one place late; the last value came to the front.",
    "axes.one early, round": "{what}: yours is one place early along axis {axis}; the first one went to the end.",
    "axes.one early, round list": "{what}: yours is one place early; the first value went to the end.",
    "axes.running": "{what}: yours holds running totals along axis {axis}, and single values are expected.",
    "axes.running list": "{what}: yours holds running totals, and single values are expected.",
    "axes.steps": "{what}: yours holds single steps along axis {axis}, and running totals are expected.",
    "axes.steps list": "{what}: yours holds single steps, and running totals are expected.",
    # Order and number of things in a row.
    "order.line": "yours {mine}, expected {theirs}.",
    "order.reversed": "{what}: yours is in reverse order.",
    "order.ascending": "{what}: the right things in ascending order, and another order is expected.",
    "order.descending": "{what}: the right things in descending order, and another order is expected.",
    "order.mixed": "{what}: the right things in another order.",
    "order.last missing": "{what}: the last one is missing, and nothing else is wrong.",
    "order.first missing": "{what}: the first one is missing, and nothing else is wrong.",
    "order.one more": "{what}: one too many at the end, and nothing else is wrong.",
    "order.one before": "{what}: one too many at the beginning, and nothing else is wrong.",
    "order.end missing": "{what}: the end is missing; what is there is right.",
    "order.goes on": "{what}: yours goes on where the expected one ends; up to there it is right.",
    "order.some missing": "{what}: some are missing; what is there is right and in the right order.",
    "order.some too many": "{what}: some are too many; without them it is right.",
    "order.longer": "{what}: yours always has {count} too many.",
    "order.shorter": "{what}: yours always has {count} too few.",
    "order.one a byte": "{what}: yours has as many ids as the text has bytes.",
    "order.empty": "{what}: yours is empty.",
    "order.input": "{what}: yours is what went in, unchanged.",
    "order.bytes": "{what}: yours is the bytes of what went in.",
    # Tables.
    "table.empty": "{what}: yours is empty.",
    "table.turned": "{what}: every pair of yours is the other way round.",
    "table.missing": "{what}: entries are missing; those that are there are right.",
    "table.too many": "{what}: entries are too many; all that should be there are right.",
    "table.inverted": "{what}: keys and values of yours have changed places.",
    "table.offset": "{what}: every number of yours is {amount} too {large}.",
    "table.constant": "{what}: every number of yours is {value}.",
    # Changed places.
    "swapped": "{what}: yours is what is expected of {other}, and the other way round. They have changed places.",
    "copied": "{what}: yours is what is expected of {other}.",
    "swapped.line": "The same with {count} sets of numbers.",
    # Truth values.
    "flipped": "{what}: yours is what is expected when {name} says the opposite.",
    # Functions of the expected value.
    "function.one over": "{what}: yours is one over the expected value.",
    "function.the square": "{what}: yours is the square of the expected value.",
    "function.the root": "{what}: yours is the root of the expected value.",
    "function.the absolute value": "{what}: yours has lost its sign: it is the absolute value of the expected one.",
    "function.the exponential": "{what}: yours is e to the power of the expected value.",
    "function.the logarithm": "{what}: yours is the logarithm of the expected value.",
    "function.one minus": "{what}: yours is one minus the expected value.",
    "function.the positive part": "{what}: yours is right where a positive value is expected, and 0 elsewhere.",
    "function.the negative part": "{what}: yours is right where a negative value is expected, and 0 elsewhere.",
    # Digits.
    "dtype": "{what}: yours is {mine}, although {theirs} went in. Something on the way made it {mine}.",
    "dtype.line": "{theirs} in, {mine} out",
    "single": "{what}: every value of yours is a float32 number. Somewhere it was computed in single precision.",
    "whole.cut off": "{what}: yours is the expected one, cut off to whole numbers.",
    "whole.rounded": "{what}: yours is the expected one, rounded to whole numbers.",
    "whole.rounded down": "{what}: yours is the expected one, rounded down to whole numbers.",
    "whole.rounded up": "{what}: yours is the expected one, rounded up to whole numbers.",
    "near": "{what}: yours is close to the expected one, and not close enough.",
    "near.cancelled": "{what}: yours is off by what rounding does to a number near 1, and the expected one is so small "
    "that it shows.",
    "near.line": "off by {gap} of the largest value",
    # NaN and infinity.
    "special": "{what}: yours is {kind} {where}.",
    "special.above": "{what}: yours is {kind} for each {name} from {wrong} on that was tried, and for none up to "
    "{right}.",
    "special.below": "{what}: yours is {kind} for each {name} of {wrong} and below that was tried, and for none from "
    "{right} on.",
    "special.far": "{what}: yours is {kind} for each {name} of size {wrong} or more that was tried, and for none up to "
    "{right} in size.",
    "special.rows": "{what}: yours is {kind} in each row of {name} that lies {wrong} or more below its largest value, "
    "and in none that lies {right} or less below it.",
    "special.line": "{count} of {total} values are {kind}",
    # Where it is wrong.
    "parts": "{what}: yours is wrong exactly {where}, and right everywhere else.",
    "parts.line": "{count} of {total} values are wrong",
    "parts.zero": "There it is 0.",
    "parts.sign": "There it has the wrong sign.",
    "parts.factor": "There it is {factor} times the expected value.",
    "branch": "{what}: yours is wrong {where}, and right otherwise.",
    "branch.above": "{what}: as far as was tried, yours is right up to {right} and wrong from {wrong} on.",
    "branch.below": "{what}: as far as was tried, yours is right down to {right} and wrong from {wrong} on.",
    "branch.far": "{what}: as far as was tried, yours is right up to a size of {right} and wrong from {wrong} on.",
    "branch.given": "There it is what went in.",
    "branch.constant": "There it is {value}.",
    "branch.line": "Wrong for {wrong}, right for {right}.",
    # What it depends on.
    "depends.not": "{what}: a change of {name} makes no difference to yours, and it should.",
    "depends.line": "Nothing but {name} was changed, {count} times.",
    "depends.flag": "Nothing but {name} was changed.",
    "depends.too": "{what}: a change of {name} makes a difference to yours, and it should not.",
    "depends.lost": "{what}: {source} makes no difference to yours, and it should.",
    "depends.lost.line": "Nothing but {source} was changed, twice: yours stayed as it was.",
    "depends.reach": "{what}: {source} makes a difference to {place} of yours, and it should not.",
    "depends.future": "Place {t} sees place {s}, which comes later.",
    "depends.turned": "Place {s} does not see place {t}, and should: it is the wrong way round.",
    "depends.scaled": "{what}: {source} makes {place} of yours larger or smaller as a whole, and it should make no "
    "difference there.",
    "depends.scaled.line": "Nothing but {source} was changed, twice: each row in {place} of yours changed by one "
    "factor.",
    "depends.reach.line": "Nothing but {source} was changed, twice: {place} of yours changed with it.",
    # What the right one has and yours has not.
    "property.zero": "{what}: each {part} of the right one sums to 0, and no {part} of yours does.",
    "property.one": "{what}: each {part} of the right one sums to 1, and no {part} of yours does.",
    "property.other": "{what}: each {part} of the right one sums to {total}. In yours each {other} does.",
    "property.other.line": "So it is with {count} sets of numbers.",
    "property.positive": "{what}: the right one is never negative, and yours is in places.",
    "property.negative": "{what}: the right one is never positive, and yours is in places.",
    "property.sums": "the first {part} of yours sums to {total}",
    "property.range": "yours goes from {least} to {most}",
    # Exact numbers.
    "edge": "{what}: with other numbers yours is right. These very numbers matter: a tie, a limit, or their size.",
    "edge.line": "Right with {count} other sets of numbers.",
    "edge.zero": "{what}: yours is wrong only because an input is exactly 0.",
    "edge.zero.line": "Right with {count} sets of numbers that have no 0 in them.",
    # Asked again.
    "again": "{what}: asked the very same again, yours is another one.",
    "again.right": "Asked again, it is right.",
    "again.line": "First {first}, then {then}.",
    # Places, in words.
    "listed": "what went in",
    "number in": "the number in {thing}",
    "part.at": "{part} {index}",
    "part of": "{part} of {name}",
    "part.row": "row",
    "part.column": "column",
    "part.value": "place",
    "part.axis": "slice along axis {axis}",
    "place.first": "in the first {part}",
    "place.last": "in the last {part}",
    "place.but first": "in all but the first {part}",
    "place.but last": "in all but the last {part}",
    "place.diagonal": "on the diagonal",
    "place.off diagonal": "off the diagonal",
    "place.above": "above the diagonal",
    "place.below": "below the diagonal",
    "place.zero": "where {name} is 0",
    "place.negative": "where {name} is negative",
    "place.positive": "where {name} is positive",
    "place.not positive": "where {name} is 0 or negative",
    "place.not negative": "where {name} is 0 or positive",
    "place.not zero": "where {name} is not 0",
    "place.expected": "the expected value",
    "place.rows": "in row {places}",
    "place.columns": "in column {places}",
    "place.from": "from place {index} on",
    "place.to": "up to place {index}",
    "place.named": "in the column that {name} names for each row",
    "place.not named": "outside the column that {name} names for each row",
    "place.repeated": "in the rows that {name} names more than once",
    "place.occurring": "in the rows that {name} names",
    "place.absent": "in the rows that {name} does not name",
    "place.largest": "where {name} is the largest of its row",
    "place.listed": "at {places}",
    "place.everywhere": "everywhere",
    # What to look at next. The keys are those of what was found, or their beginning.
    "try.again": "Look for what outlives a call: a list or dict outside of the function, a default that is changed, a "
    "generator of random numbers.",
    "try.axes.reshaped": "Look at the last reshape, squeeze or keepdims.",
    "try.axes.transposed": "Look for a .T, a transpose, or a product whose sides have changed places.",
    "try.axes.unsummed": "Look for a sum that is missing. What was broadcast on the way there is summed on the way "
    "back.",
    "try.axes.oversummed": "Look for a sum or mean without an axis, or over one axis too many.",
    "try.axes.other": "Look at the axis of that sum or mean.",
    "try.axes.lost": "Look at the axis of a sum, a mean or a maximum.",
    "try.axes.one late": "Take three numbers and write down which one belongs where.",
    "try.axes.one early": "Take three numbers and write down which one belongs where.",
    "try.axes.reversed": "Look for a [::-1], or a loop that runs the other way.",
    "try.axes.running": "Is something added up that should be overwritten?",
    "try.axes.steps": "Is something overwritten that should be added up?",
    "try.order.empty": "Is anything ever put into it? Print it before you return it.",
    "try.order.input": "Follow it through your code: where should it change?",
    "try.order.reversed": "Look for a [::-1], or a loop that runs the other way.",
    "try.order.last missing": "Look at where the loop ends: is what is left put in, too?",
    "try.order.end missing": "Look at where the loop ends: is it left too early?",
    "try.order.first missing": "Look at where the loop starts.",
    "try.order.one more": "Look at where the loop ends.",
    "try.order.goes on": "Look at the condition that should end it.",
    "try.order.one a byte": "Are pairs merged at all? Is the merged one put in, or the two that it was made of?",
    "try.table.empty": "Is anything ever put into it? Print it before you return it.",
    "try.table.turned": "Look at the order in which a pair is put together.",
    "try.table.offset": "Does the count begin at 0 or at 1, and is it raised before or after it is used?",
    "try.table.missing": "Look at the condition under which an entry is written.",
    "try.depends.not": "Follow it through your code: where does it get lost?",
    "try.depends.too": "Find the line where it comes in.",
    "try.depends.lost": "Look for a slice, an index or a mask that leaves it out.",
    "try.depends.reach.future": "Is there a mask, does it leave out what comes later, and is a banned score -inf? "
    "0 bans nothing.",
    "try.depends.reach.turned": "Look at the mask: is its triangle upside down, or does it ban what it should allow?",
    "try.depends.reach.scaled": "Look at the axis of the softmax, or of the sum that is divided by.",
    "try.depends.reach": "Find the line where the two meet: a sum or mean over that axis, a slice, a mask.",
    "try.edge": "Look at < against <=, at ties, and at what these numbers become on the way.",
    "try.edge.zero": "Look for a division by 0, a log of 0, or a test like `if x`, which 0 does not pass.",
    "try.factor": "Look for a constant that is missing, or that stands there once too often.",
    "try.factor.-1.0": "Look for a minus that is missing, or a difference taken the other way round.",
    "try.factor.0.5": "Look for a 2 that is missing, or that divides once too often.",
    "try.factor.2.0": "Look for a 2 that stands there once too often, or for something that is counted twice.",
    "try.factor.N": "Look for a mean whose 1/N is missing, or for something that is added N times.",
    "try.factor.1/N": "Look for a division by N that does not belong there: a mean instead of a sum?",
    "try.factor.N/M": "Look for a division by M where one by N is asked for.",
    "try.factor.N^2": "Look for N: do you multiply by it where you should divide, or is 1/N missing twice?",
    "try.factor.1/N^2": "Look for N: do you divide by it where you should multiply, or twice too often?",
    "try.factor.sqrt(N)": "Look for the root of N: it should divide here.",
    "try.factor.1/sqrt(N)": "Look for the root of N: it divides once too often, or N stands where its root should.",
    "try.factor.N/(N-1)": "Look at what divides: N - 1, and N is asked for.",
    "try.factor.(N-1)/N": "Look at what divides: N, and N - 1 is asked for.",
    "try.factor.common": "Look at what scales all of it: a norm, a sum, a step.",
    "try.factor.rows": "Look at what scales a row or a column: is its sum or norm taken along the right axis?",
    "try.input.missing factor": "Read the formula once more: where does this stand in it, and how often?",
    "try.input.extra factor": "Read the formula once more: where does this stand in it, and how often?",
    "try.input.missing term": "Where something is used twice, both uses count. Is one of them left out?",
    "try.input.extra term": "Is something counted twice, or kept from before?",
    "try.input.turned": "Look for a plus that should be a minus, or the other way round.",
    "try.input.weight": "Look at what it is multiplied by.",
    "try.input.only": "Find the line that uses it as it is: what should stand there?",
    "try.zero.mask": "Look at the mask: what does it let through?",
    "try.knocked": "Look at how the parts are put together: what does each sum start from?",
    "try.zero": "Print it line by line: is it ever written, or multiplied by 0?",
    "try.untouched": "Is a result computed, and then neither returned nor stored?",
    "try.untouched.raw": "Its shape must change, too: follow it through your code.",
    "try.constant": "Print what goes in: does it reach the line that returns?",
    "try.offset": "Look for a constant that is added, or one that is missing.",
    "try.dtype": "Look for an array that is made without a dtype, a constant array, or an .astype.",
    "try.single": "Look for a float32 array, a constant one perhaps, or an .astype.",
    "try.whole": "Look for // or int(...), or an array of whole numbers that is written to.",
    "try.near.cancelled": "Look for a difference of two numbers that are nearly equal: few of their digits are left.",
    "try.near": "Look for a small number that is added, a constant with too few digits, or an approximation.",
    "try.special.nan.rows": "Is what you subtract the largest number of the row, or of the whole array?",
    "try.special.nan": "Look for 0 / 0, infinity minus infinity, or the log or root of a negative number.",
    "try.special.inf": "Look for a division by 0, a log of 0, or an exp of a large number.",
    "try.branch": "Look at what your code does there: is there an if, a min or a max?",
    "try.parts": "Take one of these places and compute it by hand, line by line.",
    "try.flipped": "Which value allows, and which one bans? Look for a ~, a not, or an == 0.",
    "try.swapped": "Look at the order of what you return.",
    "try.copied": "Look at which of your variables you return here.",
    "try.property.other": "Look at the axis of the softmax, the sum or the mean.",
    "try.property": "Why does the right one have to? It is a test that you can run yourself.",
}


def said(key: str, **facts: object) -> str:
    """Return a sentence in the language that is spoken, filled in."""
    return phrase(TEXT[key], **facts)


def advice(key: tuple[object, ...]) -> str:
    """Return what to look at next for a finding's key: what is said of its whole key, or of the beginning of it."""
    names = [str(part) for part in (key[2:] if key[0] == "few" else key)]
    found = (TEXT.get(f"try.{'.'.join(names[:count])}") for count in range(len(names), 0, -1))
    return next((phrase(text) for text in found if text), "")


def number(value: float) -> str:
    """Return a number as it stands in a sentence."""
    return f"{value:.6g}"


def listed(words: list[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    if len(words) == 1:
        return words[0]
    return phrase("{first} and {last}", first=phrase(", ").join(words[:-1]), last=words[-1])
