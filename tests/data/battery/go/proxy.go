package main

import (
	"context"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("relay", "1")
	s.AddTool(mcp.NewTool("relay_state", mcp.WithDescription("Tells what is relayed.")), state)
	c, _ := client.NewStdioMCPClient("far", nil)
	far, _ := c.ListTools(context.Background(), mcp.ListToolsRequest{})
	for _, tool := range far.Tools {
		s.AddTool(tool, forward)
	}
	server.ServeStdio(s)
}
