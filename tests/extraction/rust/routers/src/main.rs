use rmcp::{tool, tool_handler, tool_router};

mod wick;

pub struct Lantern {
    tool_router: ToolRouter<Self>,
}

impl Lantern {
    fn new() -> Self {
        Self { tool_router: Self::lamp_router() + Self::wick_router() }
    }
}

#[tool_router(router = lamp_router)]
impl Lantern {
    #[tool(title = "Light", description = r#"Light a "lamp""#)]
    fn light(&self, context: RequestContext<RoleServer>) -> String {
        String::new()
    }
}

#[tool_router(router = spare_router)]
impl Lantern {
    #[tool(description = "In a router that nobody adds")]
    fn spare(&self) -> String {
        String::new()
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Lantern {}

fn main() {
    serve(Lantern::new());
}
