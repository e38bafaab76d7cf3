package dev.recycler.workflows.spec;

import java.util.List;

/** A series in the making that differs a little from another. */
final class SpecCopy {
  private final SeriesSpec from;
  List<Release> releases;
  List<Release> models;
  List<TransferSpec> transfers;
  Matrix matrix;
  ScaleChoice choice;
  List<GateSpec> gates;
  List<NotifySpec> notifications;
  WatchSpec watch;
  ConnectivitySpec connectivity;
  KeepSpec keep;
  PublishSpec publish;

  SpecCopy(SeriesSpec from) {
    this.from = from;
    releases = from.releases();
    models = from.models();
    transfers = from.transfers();
    matrix = from.matrix();
    choice = from.choice();
    gates = from.gates();
    notifications = from.notifications();
    watch = from.watch();
    connectivity = from.connectivity();
    keep = from.keep();
    publish = from.publish();
  }

  SeriesSpec spec() {
    return new SeriesSpec(
        from.series(),
        from.store(),
        releases,
        models,
        from.strategies(),
        transfers,
        matrix,
        from.finetune(),
        from.merge(),
        choice,
        from.evaluate(),
        gates,
        notifications,
        watch,
        connectivity,
        keep,
        publish);
  }
}
