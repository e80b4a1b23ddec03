/** What holds for a tenant who has put no configuration: alerts are grouped and shown, and nobody is told by a route. */
export const DEFAULT_CONFIGURATION = `# Nobody is told yet: put a configuration with receivers.
route:
  receiver: nobody
  group_by: [alertname]
receivers:
  - name: nobody
`;
