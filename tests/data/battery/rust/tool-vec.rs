use rust_mcp_sdk::macros::{JsonSchema, mcp_tool};
use rust_mcp_sdk::schema::{ListToolsResult, RpcError};
use rust_mcp_sdk::mcp_server::ServerHandler;

#[mcp_tool(name = "weigh_fish", description = "Weighs a fish.")]
#[derive(serde::Deserialize, JsonSchema)]
pub struct WeighFish {
    fish: String,
}

#[mcp_tool(name = "gut_fish", description = "Guts a fish.")]
#[derive(serde::Deserialize, JsonSchema)]
pub struct GutFish {
    fish: String,
}

struct Handler;

impl ServerHandler for Handler {
    async fn handle_list_tools_request(&self) -> Result<ListToolsResult, RpcError> {
        Ok(ListToolsResult { tools: vec![WeighFish::tool()], next_cursor: None, meta: None })
    }
}

fn main() {
    start(Handler);
}
