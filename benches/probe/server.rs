//! The server that every client of the bench asks.

use super::load::TOOLS;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A server with handshake and without sessions, as cheap as can be.
pub(super) async fn serve() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    let tool = |number: usize| {
        let text = "Copies the rows that match from one table into another and says how many there were. ".repeat(4);
        format!(
            r#"{{"name":"copy_rows_{number}","description":"{text}","inputSchema":{{"type":"object","properties":{{"from":{{"type":"string","description":"Where from"}},"to":{{"type":"string","description":"Where to"}}}},"required":["from","to"]}}}}"#
        )
    };
    let list = format!(r#"{{"tools":[{}]}}"#, (0..TOOLS).map(tool).collect::<Vec<_>>().join(","));
    let list: Arc<str> = list.into();
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        let list = list.clone();
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let mut buffer = Vec::with_capacity(4_096);
            loop {
                let Some(body) = request(&mut stream, &mut buffer).await else { return };
                let id = body.split("\"id\":").nth(1).and_then(|rest| rest.split([',', '}']).next()).unwrap_or("0");
                let answer = match body.as_str() {
                    "" => "HTTP/1.1 405 X\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    b if b.contains("notifications/") => "HTTP/1.1 202 X\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    b if b.contains("\"initialize\"") => ok(&format!(
                        r#"{{"jsonrpc":"2.0","id":{id},"result":{{"protocolVersion":"2025-11-25","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"bench","version":"0"}}}}}}"#
                    )),
                    b if b.contains("io.modelcontextprotocol/") => {
                        let text = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"not initialized"}}"#;
                        ok(text).replacen("200", "400", 1)
                    }
                    _ => ok(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{list}}}"#)),
                };
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The body of the next request; `None` when there is none.
async fn request(stream: &mut tokio::net::TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        let head = buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
            let end = head + length.unwrap_or(0_usize);
            if buffer.len() >= end {
                let body = String::from_utf8_lossy(&buffer[head..end]).into_owned();
                buffer.drain(..end);
                return Some(body);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
