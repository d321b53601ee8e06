use rust_mcp_sdk::macros::{JsonSchema, mcp_tool};
use rust_mcp_sdk::schema::{CallToolResult, ListToolsResult, RpcError};
use rust_mcp_sdk::{McpServer, mcp_server::ServerHandler, tool_box};

#[mcp_tool(name = "find_nest", description = "Finds a nest.", read_only_hint = true)]
#[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
pub struct FindNest {
    /// Which tree to look at.
    tree: String,
    /// How high to climb.
    height: Option<u32>,
}

#[mcp_tool(name = "rob_nest", description = "Takes every egg of a nest.", destructive_hint = true)]
#[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
pub struct RobNest {
    tree: String,
}

tool_box!(NestTools, [FindNest, RobNest]);

struct Handler;

impl ServerHandler for Handler {
    async fn handle_list_tools_request(&self) -> Result<ListToolsResult, RpcError> {
        Ok(ListToolsResult { tools: NestTools::tools(), next_cursor: None, meta: None })
    }
}

#[tokio::main]
async fn main() {
    start(Handler).await;
}
