package io.gatehouse.gateway.http;

import io.gatehouse.gateway.http.describe.EnvironmentEndpoints;
import io.gatehouse.gateway.http.describe.InfoOperation;
import io.gatehouse.gateway.http.describe.Operation;
import io.gatehouse.gateway.http.describe.ServiceSettings;
import io.gatehouse.gateway.http.execute.ExecuteOperations;
import io.gatehouse.gateway.http.files.FileOperations;
import io.gatehouse.gateway.http.files.PatchEndpoints;
import io.gatehouse.gateway.http.terminal.TerminalOperations;
import java.util.ArrayList;
import java.util.List;

/** The list of all operations that models see, in the order of the OpenAPI document. */
final class Operations {

  private Operations() {}

  static List<Operation> offered(ServiceSettings settings, boolean offersTerminals) {
    List<Operation> operations =
        new ArrayList<>(ExecuteOperations.all(settings.executeDescription()));
    operations.addAll(FileOperations.all());
    if (settings.extraTools()) {
      operations.add(PatchEndpoints.APPLY_PATCH);
      operations.add(EnvironmentEndpoints.GET_ENVIRONMENT);
    }
    if (offersTerminals) {
      operations.addAll(TerminalOperations.ALL);
    }
    if (settings.info().isPresent()) {
      operations.add(InfoOperation.GET_INFO);
    }
    return operations;
  }
}
