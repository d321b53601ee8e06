package main

import (
	"reflect"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type verbs struct{}

func (verbs) EmptySilo() string { return "" }

func main() {
	s := server.NewMCPServer("silo", "1")
	s.AddTool(mcp.NewTool("silo_level", mcp.WithDescription("Tells how full the silo is.")), level)
	of := reflect.TypeOf(verbs{})
	for i := 0; i < of.NumMethod(); i++ {
		s.AddTool(mcp.NewTool(of.Method(i).Name), call)
	}
	server.ServeStdio(s)
}
