"""Programs that do nothing earn nothing: the audit tries a bank of them on every exercise."""

import pytest

CHECKS = "checks/test_u01_area.py"
BEFORE = '    def test_triangle(self, learner):\n        """half of the unit square is 0.5"""\n'
SIDE = '''    def test_corners_stay(self, learner, rng):
        """asking for the area leaves the corners alone"""{reason}
        polygon = learner.Polygon(corners_of(rng, 3))
        polygon.area()
        close(len(polygon.corners), 3, "corners after p.area()")

'''


def test_a_side_condition_alone_is_found(copy):
    copy.edit(CHECKS, BEFORE, SIDE.format(reason="") + BEFORE)
    (found,) = copy.audit()
    assert found.message.startswith("test_corners_stay: an idle program passes this check (None, 0, False, empty list")
    assert (found.exercise, found.file.name) == ("u01.area", "test_u01_area.py")
    assert "# idle (None): reason" in found.message


def test_beside_the_right_value_it_is_no_finding(copy):
    copy.edit(CHECKS, BEFORE, SIDE.format(reason="").replace("polygon.area()", "self.test_clockwise(learner)") + BEFORE)
    assert copy.audit() == []


@pytest.mark.parametrize("kind", ["raises", "None"])
def test_a_written_reason_excuses_one_kind(copy, kind):
    check = '''    def test_refuses_text(self, learner):
        """text is no corner"""
        # idle (raises): nothing else can be asked of it
        raises(TypeError, lambda: learner.cross("a", (1.0, 2.0)), "cross('a', b)")

'''.replace("(raises)", f"({kind})")
    copy.edit(CHECKS, "    def test_order_decides_the_sign", check + "    def test_order_decides_the_sign")
    copy.edit(
        "solutions/u01_area.py",
        "    return a[0] * b[1]",
        "    if isinstance(a, str):\n        raise TypeError(a)\n    return a[0] * b[1]",
    )
    found = copy.audit()
    assert bool(found) is (kind != "raises"), [one.message for one in found]
