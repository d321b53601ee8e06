use rmcp::{ServerHandler, handler::server::router::tool::ToolRouter, tool, tool_handler, tool_router};

struct Gate {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Gate {
    #[tool(description = "Tells whether the gate is open.")]
    async fn gate_state(&self) -> String {
        String::new()
    }

    #[tool(description = "Opens the gate.")]
    async fn gate_open(&self) -> String {
        String::new()
    }
}

impl Gate {
    fn new(denied: Vec<String>) -> Self {
        let mut tool_router = Self::tool_router();
        for name in denied {
            tool_router.remove_route(&name);
        }
        Gate { tool_router }
    }
}

#[tool_handler]
impl ServerHandler for Gate {}

fn main() {
    serve(Gate::new(std::env::args().collect()));
}
