from fastmcp import FastMCP

survey = FastMCP("survey")


@survey.tool
def count_trees() -> int:
    """Count the trees."""
    return 3


main = FastMCP("orchard")
main.mount(survey, namespace="survey")


@main.tool
def ring_bell() -> str:
    """Ring the orchard's bell."""
    return "rung"


main.run()
