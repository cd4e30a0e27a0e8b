from tests.device.watch.desk import a_reading

from inkwatch.watch.vote import agreed, elect, is_sure


def test_one_reading_is_elected_as_it_is() -> None:
    reading = a_reading("milk\nbread")
    elected = elect([reading])
    assert elected.reading is reading
    assert (elected.votes, elected.voters, elected.winner) == (1, 1, 0)


def test_what_most_say_holds_though_another_is_surer() -> None:
    readings = [a_reading("milk", 0.6), a_reading("mi1k", 0.9), a_reading("milk", 0.7)]
    elected = elect(readings)
    assert elected.reading.text == "milk"
    assert (elected.votes, elected.voters) == (2, 3)
    assert elected.winner == 2
    assert elected.reading is readings[2]


def test_where_none_agree_on_the_page_each_line_is_voted_on() -> None:
    elected = elect(
        [
            a_reading("milk\nbraad\nsalt", 0.7),
            a_reading("m1lk\nbread\nsalt", 0.7),
            a_reading("milk\nbread\nsa1t", 0.8),
        ]
    )
    assert elected.reading.text == "milk\nbread\nsalt"
    assert (elected.votes, elected.voters, elected.winner) == (1, 3, 2)


def test_of_two_that_disagree_the_surer_holds() -> None:
    assert elect([a_reading("milk", 0.6), a_reading("silk", 0.7)]).reading.text == "silk"


def test_a_line_that_one_of_three_sees_is_left_out() -> None:
    readings = [a_reading("milk\nxx", 0.9), a_reading("m1lk", 0.6), a_reading("milh", 0.6)]
    elected = elect(readings)
    assert elected.winner == 0
    assert elected.reading.text == "milk"


def test_a_line_that_the_surest_lacks_but_two_see_is_put_in_its_place() -> None:
    full, other = a_reading("milk\nbread\nsalt", 0.6), a_reading("mi1k\nbread\nsalt", 0.6)
    best = a_reading("milk\nbread\nsalt.", 0.9)
    best = type(best)((best.lines[0], best.lines[2]), best.width, best.height)
    assert elect([full, best, other]).reading.text.split("\n")[1] == "bread"


def test_readings_agree_when_two_say_the_same() -> None:
    assert not agreed([a_reading("milk")])
    assert not agreed([a_reading("milk"), a_reading("silk")])
    assert agreed([a_reading("milk"), a_reading("silk"), a_reading("milk")])
    assert agreed([a_reading(""), a_reading("")])


def test_sure_is_writing_of_which_every_word_is_sure() -> None:
    assert is_sure(a_reading("milk and bread"), 0.5)
    assert not is_sure(a_reading("milk and bread??"), 0.5)
    assert not is_sure(a_reading("milk and bread", 0.75), 0.5)
    assert not is_sure(a_reading(""), 0.5)
