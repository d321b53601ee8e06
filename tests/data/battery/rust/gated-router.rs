use rmcp::{ServerHandler, handler::server::router::tool::ToolRouter, tool, tool_handler, tool_router};

struct Farm {
    tool_router: ToolRouter<Self>,
}

#[tool_router(router = look_router)]
impl Farm {
    #[tool(description = "Counts the sheep.")]
    async fn count_sheep(&self) -> String {
        String::new()
    }
}

#[tool_router(router = act_router)]
impl Farm {
    #[tool(description = "Shears every sheep.")]
    async fn shear_sheep(&self) -> String {
        String::new()
    }
}

impl Farm {
    fn new() -> Self {
        let mut tool_router = Self::look_router();
        if std::env::var("FARM_ALLOW_WRITE").is_ok() {
            tool_router.merge(Self::act_router());
        }
        Farm { tool_router }
    }
}

#[tool_handler]
impl ServerHandler for Farm {}

fn main() {
    serve(Farm::new());
}
