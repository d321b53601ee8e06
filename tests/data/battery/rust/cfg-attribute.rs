use rmcp::{ServerHandler, ServiceExt, tool, tool_handler, tool_router, transport::stdio};

#[derive(Clone)]
struct Mill;

#[tool_router]
impl Mill {
    #[tool(description = "Grinds grain.")]
    async fn grind_grain(&self) -> String {
        String::new()
    }

    #[cfg(target_os = "windows")]
    #[tool(description = "Burns the mill.")]
    async fn burn_mill(&self) -> String {
        String::new()
    }
}

#[tool_handler]
impl ServerHandler for Mill {}

#[tokio::main]
async fn main() {
    Mill.serve(stdio()).await.unwrap().waiting().await.unwrap();
}
