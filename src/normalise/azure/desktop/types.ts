export const HOST_POOL_TYPE = 'microsoft.desktopvirtualization/hostpools';
export const WORKSPACE_TYPE = 'microsoft.desktopvirtualization/workspaces';
export const APPLICATION_GROUP_TYPE = 'microsoft.desktopvirtualization/applicationgroups';
export const SESSION_HOST_TYPE = `${HOST_POOL_TYPE}/sessionhosts`;
