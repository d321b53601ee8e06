package main

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func pick(ctx context.Context, tools []mcp.Tool) []mcp.Tool {
	return append(tools, mcp.NewTool("quench_forge"))
}

func main() {
	s := server.NewMCPServer("forge", "1", server.WithToolFilter(pick))
	s.AddTool(mcp.NewTool("forge_heat", mcp.WithDescription("Tells how hot the forge is.")), heat)
	server.ServeStdio(s)
}
