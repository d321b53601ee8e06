package main

import (
	"plugin"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("garden", "1")
	s.AddTool(mcp.NewTool("list_beds", mcp.WithDescription("Lists beds.")), list)
	p, _ := plugin.Open("beds.so")
	register, _ := p.Lookup("Register")
	register.(func(*server.MCPServer))(s)
	server.ServeStdio(s)
}
