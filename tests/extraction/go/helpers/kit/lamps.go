package kit

import (
	"context"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

type LightParams struct {
	Lamp   string `json:"lamp" jsonschema:"required,description=Which lamp\\, by name"`
	Colour string `json:"colour,omitempty" jsonschema:"description=Colour of the light,enum=amber,enum=white"`
}

func light(ctx context.Context, args LightParams) (string, error) { return "", nil }

var Light = MustTool(
	"light",
	"Light a lamp",
	light,
	mcp.WithTitleAnnotation("Light"),
	mcp.WithIdempotentHintAnnotation(true),
)

var Hidden = MustTool("hidden", "Never registered", light)

func withPaging() mcp.ToolOption {
	return func(tool *mcp.Tool) {
		mcp.WithNumber("page", mcp.Description("Page"), mcp.Min(1))(tool)
		mcp.WithNumber("size", mcp.Description("Items on a page"))(tool)
	}
}

func AddLampTools(s *server.MCPServer, canWrite bool) {
	Light.Register(s)
	s.AddTool(mcp.NewTool("list_lamps", mcp.WithDescription("Lists"), withPaging()), nil)
	if canWrite {
		s.AddTool(mcp.NewTool("drop_lamp", mcp.WithDestructiveHintAnnotation(true)), nil)
	}
	description := "Polish"
	if canWrite {
		description = "Polish for good"
	}
	s.AddTool(mcp.NewTool("polish", mcp.WithDescription(description)), nil)
}
