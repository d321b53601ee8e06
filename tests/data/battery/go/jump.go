package main

import (
	"example.org/policy"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("ferry", "1")
	if policy.Quiet() {
		goto done
	}
	s.AddTool(mcp.NewTool("sink_ferry", mcp.WithDescription("Sinks it.")), call)
done:
	s.AddTool(mcp.NewTool("ferry_state", mcp.WithDescription("Tells where it is.")), call)
	server.ServeStdio(s)
}
