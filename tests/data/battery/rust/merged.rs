use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Orchard {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Orchard {
    #[tool(description = "Prunes a tree.")]
    async fn prune_tree(&self) -> String {
        String::new()
    }
}

impl Orchard {
    fn new() -> Self {
        let mut tool_router = Self::tool_router();
        tool_router.merge(orchard_works::router());
        Orchard { tool_router }
    }
}

#[tool_handler]
impl ServerHandler for Orchard {}

fn main() {
    serve(Orchard::new());
}
