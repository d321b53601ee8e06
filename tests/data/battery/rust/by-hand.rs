use rmcp::model::{ListToolsResult, PaginatedRequestParam, Tool};
use rmcp::{RoleServer, ServerHandler, service::RequestContext};
use std::sync::Arc;

struct Bell;

impl ServerHandler for Bell {
    async fn list_tools(&self, _: Option<PaginatedRequestParam>, _: RequestContext<RoleServer>) -> Result<ListToolsResult, rmcp::ErrorData> {
        Ok(ListToolsResult { tools: vec![Tool::new("ring_bell", "Rings the bell.", Arc::new(schema()))], next_cursor: None })
    }
}

fn main() {
    serve(Bell);
}
