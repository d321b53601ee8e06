import gradio as gr


def count_trees(row: int) -> int:
    """
    Count the trees of a row.

    Args:
        row: The row's number.
    """
    return 3


demo = gr.Interface(fn=count_trees, inputs="number", outputs="number", api_name="count_trees")
demo.launch(mcp_server=True)
