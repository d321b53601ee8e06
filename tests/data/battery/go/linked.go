package main

import (
	"reflect"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// Written in assembly, or linked from elsewhere.
func registerMore(s *server.MCPServer)

func main() {
	s := server.NewMCPServer("silo", "1")
	s.AddTool(mcp.NewTool("silo_level", mcp.WithDescription("Tells how full.")), level)
	registerMore(s)
	tool := reflect.ValueOf(mcp.NewTool("empty_silo"))
	reflect.ValueOf(s).MethodByName("AddTool").Call([]reflect.Value{tool})
	server.ServeStdio(s)
}
