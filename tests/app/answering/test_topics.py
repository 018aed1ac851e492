from inquote.app.answering.topics import topic_of


def test_topics() -> None:
    assert topic_of("What did the OPTiM trial show?") == "the OPTiM trial"
    assert topic_of("What did OPTiM show in trial centres?") == "OPTiM"
    assert topic_of("Who makes Talimogene Laherparepvec?") == "Talimogene Laherparepvec"
    assert topic_of("who makes talimogene laherparepvec") == "talimogene laherparepvec"
