use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

struct Dairy {
    tool_router: ToolRouter<Self>,
}

#[tool_router(router = weighing)]
impl Dairy {
    #[tool(description = "Weighs milk.")]
    async fn weigh_milk(&self) -> String {
        String::new()
    }
}

#[tool_router(router = pouring)]
impl Dairy {
    #[tool(description = "Pours it.")]
    async fn pour_milk(&self) -> String {
        String::new()
    }
}

impl Dairy {
    fn new() -> Self {
        let tool_router = if std::env::var("DAIRY_POURING").is_ok() { Self::weighing() + Self::pouring() } else { Self::weighing() };
        Dairy { tool_router }
    }
}

#[tool_handler]
impl ServerHandler for Dairy {}

fn main() {
    serve(Dairy::new());
}
