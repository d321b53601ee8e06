use rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Loom {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Loom {
    #[tool(description = "Tells which cloth is on the loom.")]
    async fn loom_cloth(&self) -> String {
        String::new()
    }
}

impl Loom {
    fn new(patterns: Vec<Pattern>) -> Self {
        let mut tool_router = Self::tool_router();
        for pattern in patterns {
            tool_router.add_route(ToolRoute::new_dyn(pattern.tool(), weave));
        }
        Loom { tool_router }
    }
}

#[tool_handler]
impl ServerHandler for Loom {}

fn main() {
    serve(Loom::new(read_patterns()));
}
