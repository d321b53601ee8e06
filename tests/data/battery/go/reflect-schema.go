package main

import (
	"fmt"
	"reflect"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type entry struct {
	Tool    mcp.Tool
	Handler server.ToolHandlerFunc
}

type ropeInput struct {
	Length int `json:"length" jsonschema:"required,description=Metres of rope"`
}

func convert[T any](name, description string, handler func(T) (string, error)) (mcp.Tool, server.ToolHandlerFunc, error) {
	if reflect.TypeOf(handler).Kind() != reflect.Func {
		return mcp.Tool{}, nil, fmt.Errorf("no function")
	}
	schema := schemaOf(reflect.TypeOf(*new(T)))
	return mcp.Tool{Name: name, Description: description, InputSchema: schema}, wrap(handler), nil
}

func must[T any](name, description string, handler func(T) (string, error)) entry {
	tool, h, err := convert(name, description, handler)
	if err != nil {
		panic(err)
	}
	return entry{Tool: tool, Handler: h}
}

func cutRope(in ropeInput) (string, error) { return "", nil }

var cut = must("cut_rope", "Cuts a rope.", cutRope)

func main() {
	s := server.NewMCPServer("rope", "1")
	s.AddTool(cut.Tool, cut.Handler)
	server.ServeStdio(s)
}
