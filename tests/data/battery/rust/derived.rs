use orchard_macros::orchard_tools;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Orchard;

#[tool_router]
impl Orchard {
    #[tool(description = "Prunes a tree.")]
    async fn prune_tree(&self) -> String {
        String::new()
    }

    orchard_tools!(pick_apples, fell_tree);
}

#[tool_handler]
impl ServerHandler for Orchard {}

fn main() {
    serve(Orchard);
}
