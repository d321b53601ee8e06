mod request;

use request::{FindRequest, LightRequest};
use rmcp::{ServerHandler, ServiceExt, handler::server::wrapper::Parameters, model::*, tool, tool_handler, tool_router};

const ABOUT: &str = "Find lamps by room";

struct Names;

impl Names {
    const FIND: &'static str = "find_lamps";
}

#[derive(Clone)]
pub struct Lantern {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Lantern {
    pub fn new() -> Self {
        Self { tool_router: Self::tool_router() }
    }

    /// Light one lamp.
    /// It gets hot.
    #[tool(annotations(title = "Light a lamp", read_only_hint = false, open_world_hint = true))]
    async fn light(&self, Parameters(request): Parameters<LightRequest>) -> Result<CallToolResult, McpError> {
        todo(request)
    }

    #[tool(name = Names::FIND, description = ABOUT)]
    async fn find(&self, Parameters(FindRequest { room, .. }): Parameters<FindRequest>) -> String {
        room.unwrap_or_default()
    }

    #[tool(description = concat!("Put out ", "every lamp"))]
    fn snuff(&self) -> String {
        String::new()
    }

    // #[tool(description = "Not there")]
    // fn commented(&self) {}

    /* #[tool(description = "Not there either")]
    fn also_commented(&self) {} */

    #[tool(description = env!("LANTERN_ABOUT"))]
    fn about(&self) -> String {
        String::new()
    }

    fn helper(&self) {}
}

#[tool_handler]
impl ServerHandler for Lantern {}

/// Nobody makes one of these.
pub struct Forgotten {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Forgotten {
    #[tool(description = "Never served")]
    fn ghost(&self) -> String {
        String::new()
    }
}

#[tool_handler]
impl ServerHandler for Forgotten {}

#[cfg(test)]
mod tests {
    #[tool_router]
    impl super::Lantern {
        #[tool(description = "Only a test")]
        fn tested(&self) {}
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let service = Lantern::new().serve(rmcp::transport::stdio()).await?;
    service.waiting().await?;
    Ok(())
}
