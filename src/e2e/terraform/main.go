// Command queues serves the resources and data sources of queues of Cloudflare's Terraform provider. The whole provider has
// hundreds of services and takes long to build. Its own Configure is in the package that imports them all, so the client is
// made here, from the attributes that have the same names.
package main

import (
	"context"
	"log"
	"regexp"

	"github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/terraform-provider-cloudflare/internal/services/queue"
	"github.com/cloudflare/terraform-provider-cloudflare/internal/services/queue_consumer"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const address = "registry.terraform.io/cloudflare/cloudflare"

// tokenForm is the form of a token that the whole provider insists on.
var tokenForm = regexp.MustCompile(`^[0-9A-Za-z\-_]{40,80}$`)

type queues struct{}

func (queues) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "cloudflare"
}

func (queues) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"base_url": schema.StringAttribute{Required: true},
		"api_token": schema.StringAttribute{
			Required:   true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.RegexMatches(tokenForm, "40 to 80 letters, digits, - or _")},
		},
	}}
}

func (queues) Configure(ctx context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	var settings struct {
		BaseURL  types.String `tfsdk:"base_url"`
		APIToken types.String `tfsdk:"api_token"`
	}
	response.Diagnostics.Append(request.Config.Get(ctx, &settings)...)
	client := cloudflare.NewClient(
		option.WithBaseURL(settings.BaseURL.ValueString()),
		option.WithAPIToken(settings.APIToken.ValueString()),
	)
	response.ResourceData = client
	response.DataSourceData = client
}

func (queues) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{queue.NewResource, queue_consumer.NewResource}
}

func (queues) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		queue.NewQueueDataSource,
		queue.NewQueuesDataSource,
		queue_consumer.NewQueueConsumerDataSource,
		queue_consumer.NewQueueConsumersDataSource,
	}
}

func main() {
	options := providerserver.ServeOpts{Address: address}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return queues{} }, options); err != nil {
		log.Fatal(err)
	}
}
