"""Answers Terraform's requests (plugin protocol 6) with the resources of the table."""

import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tf.gen import tfplugin_pb2 as pb

from rehearsal.terraform_provider import checking
from rehearsal.terraform_provider.errors import ProviderError
from rehearsal.terraform_provider.provider import PROVIDER
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.session import Session, settings_of
from rehearsal.terraform_provider.upgrading import upgraded
from rehearsal.terraform_provider.values import Object, unknown_to_null
from rehearsal.terraform_provider.wire import (
    decoded,
    encoded,
    error,
    errors,
    path_message,
    schema_message,
)

if TYPE_CHECKING:
    import httpx


class Servicer:
    """One provider; Terraform starts a process for each configuration of it."""

    def __init__(
        self,
        resources: Mapping[str, Resource],
        data_sources: Mapping[str, DataSource],
        connect: Callable[[], "httpx.Client"] | None = None,
    ) -> None:
        self._resources, self._data_sources = resources, data_sources
        self._connect = connect
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The configured provider."""
        if self._session is None:
            raise RuntimeError("Terraform has not configured the provider")
        return self._session

    def methods(self) -> dict[str, Callable[[Any], Any]]:
        """What answers each request of the protocol."""
        return {
            "GetMetadata": self.metadata,
            "GetProviderSchema": self.provider_schema,
            "ValidateProviderConfig": self.validate_provider,
            "ConfigureProvider": self.configure,
            "ValidateResourceConfig": self.validate_resource,
            "ValidateDataResourceConfig": self.validate_data_source,
            "UpgradeResourceState": self.upgrade,
            "ReadResource": self.read,
            "PlanResourceChange": self.plan,
            "ApplyResourceChange": self.apply,
            "ImportResourceState": self.import_,
            "ReadDataSource": self.read_data_source,
            "GetFunctions": self.functions,
            "StopProvider": self.stop,
        }

    def metadata(self, _: pb.GetMetadata.Request) -> pb.GetMetadata.Response:
        """The names of all resources and data sources."""
        return pb.GetMetadata.Response(
            resources=[pb.GetMetadata.ResourceMetadata(type_name=one) for one in self._resources],
            data_sources=[
                pb.GetMetadata.DataSourceMetadata(type_name=one) for one in self._data_sources
            ],
        )

    def provider_schema(self, _: pb.GetProviderSchema.Request) -> pb.GetProviderSchema.Response:
        """What each of them has."""
        return pb.GetProviderSchema.Response(
            provider=schema_message(PROVIDER),
            provider_meta=pb.Schema(block=pb.Schema.Block()),
            resource_schemas={
                name: schema_message(one.block, one.version)
                for name, one in self._resources.items()
            },
            data_source_schemas={
                name: schema_message(one.block) for name, one in self._data_sources.items()
            },
        )

    def validate_provider(
        self, request: pb.ValidateProviderConfig.Request
    ) -> pb.ValidateProviderConfig.Response:
        """Checks the provider block."""
        return pb.ValidateProviderConfig.Response(
            diagnostics=errors(checking.problems(PROVIDER, decoded(request.config) or {}))
        )

    def configure(self, request: pb.ConfigureProvider.Request) -> pb.ConfigureProvider.Response:
        """Takes the provider block; nothing is called yet."""
        from rehearsal.terraform_provider.credentials import Credentials
        from rehearsal.terraform_provider.rest import Rest, http_client

        settings = settings_of(decoded(request.config) or {}, os.environ)
        client = (self._connect or http_client)()
        credentials = Credentials(client, settings.access_token, settings.credentials)
        self._session = Session(settings, Rest(credentials, client))
        return pb.ConfigureProvider.Response()

    def validate_resource(
        self, request: pb.ValidateResourceConfig.Request
    ) -> pb.ValidateResourceConfig.Response:
        """Checks a resource's configuration, without a look at the world."""
        resource, configured = self._resources[request.type_name], decoded(request.config) or {}
        found = checking.problems(resource.block, configured) + resource.validate(configured)
        return pb.ValidateResourceConfig.Response(diagnostics=errors(found))

    def validate_data_source(
        self, request: pb.ValidateDataResourceConfig.Request
    ) -> pb.ValidateDataResourceConfig.Response:
        """Checks a data source's configuration."""
        source = self._data_sources[request.type_name]
        found = checking.problems(source.block, decoded(request.config) or {})
        return pb.ValidateDataResourceConfig.Response(diagnostics=errors(found))

    def upgrade(self, request: pb.UpgradeResourceState.Request) -> pb.UpgradeResourceState.Response:
        """Takes a state that was written before; what it has and we don't know is an error."""
        block = self._resources[request.type_name].block
        state, strange = upgraded(block, json.loads(request.raw_state.json))
        answer = pb.UpgradeResourceState.Response(upgraded_state=encoded(state))
        if strange:
            answer.diagnostics.append(
                error(f"{request.type_name}: the stand-in does not know {', '.join(strange)}")
            )
        return answer

    def read(self, request: pb.ReadResource.Request) -> pb.ReadResource.Response:
        """A resource's state as it is now."""
        answer = pb.ReadResource.Response(private=request.private)
        try:
            state = self._resources[request.type_name].read(
                self.session, decoded(request.current_state)
            )
        except ProviderError as problem:
            answer.diagnostics.append(error(str(problem)))
            answer.new_state.CopyFrom(request.current_state)
            return answer
        answer.new_state.CopyFrom(encoded(state))
        return answer

    def plan(self, request: pb.PlanResourceChange.Request) -> pb.PlanResourceChange.Response:
        """What an apply would make of a resource."""
        answer = pb.PlanResourceChange.Response(
            legacy_type_system=True, planned_private=request.prior_private
        )
        configured, prior = decoded(request.config), decoded(request.prior_state)
        if configured is None:
            answer.planned_state.CopyFrom(encoded(None))
            return answer
        try:
            plan = self._resources[request.type_name].plan(self.session, configured, prior)
        except ProviderError as problem:
            answer.diagnostics.append(error(str(problem)))
            return answer
        answer.planned_state.CopyFrom(encoded(plan.planned))
        answer.requires_replace.extend(path_message(path) for path in plan.replaced_by)
        return answer

    def apply(self, request: pb.ApplyResourceChange.Request) -> pb.ApplyResourceChange.Response:
        """Creates, changes or deletes a resource."""
        answer = pb.ApplyResourceChange.Response(
            legacy_type_system=True, private=request.planned_private
        )
        prior, planned = decoded(request.prior_state), decoded(request.planned_state)
        try:
            state = self._applied(
                self._resources[request.type_name], prior, planned, decoded(request.config)
            )
        except ProviderError as problem:
            answer.diagnostics.append(error(str(problem)))
            state = prior if problem.state is None else unknown_to_null(problem.state)
        answer.new_state.CopyFrom(encoded(state))
        return answer

    def _applied(
        self, resource: Resource, prior: Object | None, planned: Object | None, configured: Any
    ) -> Object | None:
        if planned is None:
            resource.delete(self.session, prior or {})
            return None
        if prior is None:
            return resource.create(self.session, planned, configured)
        return resource.update(self.session, prior, planned, configured)

    def import_(self, request: pb.ImportResourceState.Request) -> pb.ImportResourceState.Response:
        """What an id tells of a resource; Terraform then reads it."""
        answer = pb.ImportResourceState.Response()
        try:
            state = self._resources[request.type_name].imported(self.session, request.id)
        except ProviderError as problem:
            answer.diagnostics.append(error(str(problem)))
            return answer
        answer.imported_resources.append(
            pb.ImportResourceState.ImportedResource(
                type_name=request.type_name, state=encoded(state)
            )
        )
        return answer

    def read_data_source(self, request: pb.ReadDataSource.Request) -> pb.ReadDataSource.Response:
        """A data source's values."""
        answer = pb.ReadDataSource.Response()
        source = self._data_sources[request.type_name]
        try:
            answer.state.CopyFrom(encoded(source.read(self.session, decoded(request.config))))
        except ProviderError as problem:
            answer.diagnostics.append(error(str(problem)))
        return answer

    def functions(self, _: pb.GetFunctions.Request) -> pb.GetFunctions.Response:
        """There are none."""
        return pb.GetFunctions.Response()

    def stop(self, _: pb.StopProvider.Request) -> pb.StopProvider.Response:
        """Nothing is repeated or waited for any longer."""
        if self._session is not None:
            self._session.rest.stopped.set()
        return pb.StopProvider.Response()
