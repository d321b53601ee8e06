use rmcp::{ServerHandler, handler::server::router::tool::ToolRouter, tool, tool_handler, tool_router};

struct Mill {
    tool_router: ToolRouter<Self>,
}

#[tool_router(router = look_router)]
impl Mill {
    #[tool(description = "Tells how fast the mill turns.")]
    async fn mill_speed(&self) -> String {
        String::new()
    }
}

#[tool_router(router = act_router)]
impl Mill {
    #[tool(description = "Stops the mill.")]
    async fn mill_stop(&self) -> String {
        String::new()
    }
}

impl Mill {
    fn new() -> Self {
        Mill { tool_router: Self::look_router() + Self::act_router() }
    }
}

#[tool_handler]
impl ServerHandler for Mill {}

fn main() {
    serve(Mill::new());
}
