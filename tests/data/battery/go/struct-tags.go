package main

import "github.com/modelcontextprotocol/go-sdk/mcp"

type sowInput struct {
	Field string   `json:"field" jsonschema:"where to sow"`
	Seeds []string `json:"seeds,omitempty" jsonschema:"which seeds"`
}

func main() {
	s := mcp.NewServer(&mcp.Implementation{Name: "farm"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: "sow_field", Description: "Sows a field."}, sow)
	s.Run(ctx, &mcp.StdioTransport{})
}

func sow(ctx context.Context, req *mcp.CallToolRequest, in sowInput) (*mcp.CallToolResult, any, error) {
	return nil, nil, nil
}
