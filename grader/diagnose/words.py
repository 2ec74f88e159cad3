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
    "offset.turned": "{what}: what yours adds to {middle} the right one takes away, or the other way round.",
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
    # An input in another form.
    "instead": "{what}: yours is what is right for {words}.",
    "instead.line": "yours {yours}, right for the other input {other}, expected {expected}",
    "instead.size": "{what}: yours is what is right for {words}, where N is {size}.",
    "instead.sizes": "{what}: yours is what is right for {words}, where N is {size}, and M is {other}.",
    "instead.half": "half of {name}",
    "instead.twice": "twice {name}",
    "instead.minus": "minus {name}",
    "instead.one over": "one over {name}",
    "instead.square": "the square of {name}",
    "instead.root": "the root of {name}",
    "instead.exp": "e to the {name}",
    "instead.tanh": "the tanh of {name}",
    "instead.log": "the logarithm of {name}",
    "instead.one more": "{name} + 1",
    "instead.one less": "{name} - 1",
    "instead.*": "N times {name}",
    "instead./": "{name} over N",
    "instead.*sqrt": "the root of N times {name}",
    "instead./sqrt": "{name} over the root of N",
    "instead.*sqrt ratio": "the root of N / M times {name}",
    "function.one over": "{what}: yours is one over the expected value.",
    "function.the square": "{what}: yours is the square of the expected value.",
    "function.the root": "{what}: yours is the root of the expected value.",
    "function.the absolute value": "{what}: yours has lost its sign: it is the absolute value of the expected one.",
    "function.the exponential": "{what}: yours is e to the power of the expected value.",
    "function.the logarithm": "{what}: yours is the logarithm of the expected value.",
    "function.one minus": "{what}: yours is one minus the expected value.",
    "function.the positive part": "{what}: yours is right where a positive value is expected, and 0 elsewhere.",
    "function.the negative part": "{what}: yours is right where a negative value is expected, and 0 elsewhere.",
    "function.piece.rest": "{what}: yours times one minus yours is the expected value.",
    "function.piece.square": "{what}: one minus the square of yours is the expected value.",
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
    "near.line": "off by {gap} of the largest expected value",
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
    "branch.flat": "{what}: as far as was tried, yours is {value} at {wrong} and all beyond, and not yet at {right}.",
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
}


def said(key: str, **facts: object) -> str:
    """Return a sentence in the language that is spoken, filled in."""
    return phrase(TEXT[key], **facts)


def number(value: float) -> str:
    """Return a number as it stands in a sentence."""
    return f"{value:.6g}"


def listed(words: list[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    if len(words) == 1:
        return words[0]
    return phrase("{first} and {last}", first=phrase(", ").join(words[:-1]), last=words[-1])
