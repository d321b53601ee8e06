package kit

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type Tool struct {
	Tool    mcp.Tool
	Handler server.ToolHandlerFunc
}

func (t *Tool) Register(s *server.MCPServer) {
	s.AddTool(t.Tool, t.Handler)
}

func MustTool[T any, R any](name, description string, handler func(context.Context, T) (R, error), options ...mcp.ToolOption) Tool {
	tool, err := convert(name, description, handler, options...)
	if err != nil {
		panic(err)
	}
	return tool
}

func convert[T any, R any](name, description string, handler func(context.Context, T) (R, error), options ...mcp.ToolOption) (Tool, error) {
	made := mcp.Tool{Name: name, Description: description, InputSchema: schemaOf(handler)}
	for _, option := range options {
		option(&made)
	}
	return Tool{Tool: made}, nil
}

func schemaOf(handler any) mcp.ToolInputSchema {
	return reflectSchema(handler)
}
