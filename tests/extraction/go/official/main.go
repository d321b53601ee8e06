package main

import (
	"context"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type LightInput struct {
	Lamp    string   `json:"lamp" jsonschema:"which lamp to light"`
	Minutes int      `json:"minutes,omitempty" jsonschema:"how long, in minutes"`
	Rooms   []string `json:"rooms,omitempty"`
	Place   *Place   `json:"place,omitempty" jsonschema:"where it hangs"`
	Secret  string   `json:"-"`
	private bool
}

type Place struct {
	Room  string  `json:"room"`
	Metre float64 `json:"metre"`
}

type LightOutput struct {
	Lit bool `json:"lit" jsonschema:"whether it burns"`
}

type Shared struct {
	Verbose bool `json:"verbose,omitempty" jsonschema:"say more"`
}

type ListInput struct {
	Shared
	Page int `json:"page" jsonschema:"which page"`
}

func ptr[T any](value T) *T { return &value }

type keeper struct{}

func (k *keeper) Light(ctx context.Context, req *mcp.CallToolRequest, in LightInput) (*mcp.CallToolResult, LightOutput, error) {
	return nil, LightOutput{Lit: true}, nil
}

func list(ctx context.Context, req *mcp.CallToolRequest, in ListInput) (*mcp.CallToolResult, any, error) {
	return nil, nil, nil
}

func main() {
	server := mcp.NewServer(&mcp.Implementation{Name: "lanterns"}, nil)
	k := &keeper{}
	mcp.AddTool(server, &mcp.Tool{
		Name:        "light",
		Title:       "Light a lamp",
		Description: "Light one lamp",
		Annotations: &mcp.ToolAnnotations{DestructiveHint: ptr(false), IdempotentHint: true},
	}, k.Light)
	mcp.AddTool(server, &mcp.Tool{Name: "list", Description: "List the lamps"}, list)
	mcp.AddTool(server, &mcp.Tool{Name: "dim", Description: "Dim"}, func(ctx context.Context, req *mcp.CallToolRequest, in struct {
		Level int `json:"level" jsonschema:"from 0 to 100"`
	}) (*mcp.CallToolResult, any, error) {
		return nil, nil, nil
	})
	server.AddTool(&mcp.Tool{
		Name: "count",
		InputSchema: &jsonschema.Schema{
			Type:       "object",
			Properties: map[string]*jsonschema.Schema{"room": {Type: "string", Description: "Which room"}},
			Required:   []string{"room"},
		},
	}, nil)
	_ = &mcp.Tool{Name: "unregistered", Description: "Made and dropped"}
	mcp.AddTool(server, &mcp.Tool{Name: "anything"}, func(ctx context.Context, req *mcp.CallToolRequest, in map[string]any) (*mcp.CallToolResult, any, error) {
		return nil, nil, nil
	})
	server.Run(context.Background(), &mcp.StdioTransport{})
}
